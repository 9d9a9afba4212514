//! A file of text, compressed if its name ends in `.gz` or `.zst`: every output that has rows,
//! lines, a network or a page of its own.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::atomic_file::{FinishedFile, OutputFile};
use crate::input::lines::{Compression as Format, compression_of};

/// The compression level, from 1 to 22; 3 is the default of the program `zstd`.
const ZSTD_LEVEL: i32 = 3;

/// A file that is being written.
pub(crate) struct TextFile {
    /// The path as the user gave it.
    name: PathBuf,
    encoder: Encoder,
}

enum Encoder {
    Plain(OutputFile),
    Gzip(GzEncoder<OutputFile>),
    Zstd(zstd::Encoder<'static, OutputFile>),
}

impl TextFile {
    /// Begins the file, or returns an error if it cannot be written.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let output = OutputFile::open(path)?;
        let encoder = match compression_of(path) {
            None => Encoder::Plain(output),
            Some(Format::Gzip) => Encoder::Gzip(GzEncoder::new(output, Compression::default())),
            Some(Format::Zstd) => Encoder::Zstd(
                zstd::Encoder::new(output, ZSTD_LEVEL)
                    .map_err(|error| cannot_write(path, error))?,
            ),
        };
        Ok(TextFile { name: path.to_owned(), encoder })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        let written = match &mut self.encoder {
            Encoder::Plain(output) => output.write_all(bytes),
            Encoder::Gzip(encoder) => encoder.write_all(bytes),
            Encoder::Zstd(encoder) => encoder.write_all(bytes),
        };
        written.map_err(|error| cannot_write(&self.name, error))
    }

    /// Completes the file. `publish` gives it its name.
    pub(crate) fn close(self) -> Result<FinishedFile, String> {
        let output = match self.encoder {
            Encoder::Plain(output) => Ok(output),
            Encoder::Gzip(encoder) => encoder.finish(),
            Encoder::Zstd(encoder) => encoder.finish(),
        };
        output.map_err(|error| cannot_write(&self.name, error))?.close()
    }
}

fn cannot_write(name: &Path, error: io::Error) -> String {
    format!("cannot write {}: {error}", name.display())
}
