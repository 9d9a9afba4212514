//! The lines of a file, plain or compressed, some megabytes at a time: enough to share out among threads, little enough to hold.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The longest line: far more than an article, and little enough to hold.
pub(crate) const LONGEST: usize = 16 << 20;
/// A batch is full from so many bytes.
const FULL: usize = 4 << 20;
const BUFFER: usize = 1 << 17;

/// The lines of an input.
pub(crate) struct Lines {
    reader: Box<dyn BufRead + Send>,
    number: u32,
}

/// Some lines of an input that follow each other.
#[derive(Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    /// Each with its number.
    pub(crate) lines: Vec<(u32, Line)>,
    /// What stopped the reading after these, and at which line.
    pub(crate) error: Option<(u32, io::Error)>,
}

/// A line without its end.
pub(crate) enum Line {
    /// Where it stands in the batch.
    Whole(Range<usize>),
    /// Not kept; so many bytes.
    TooLong(u64),
}

impl Batch {
    /// The bytes of a line.
    pub(crate) fn bytes(&self, line: &Range<usize>) -> &[u8] {
        &self.bytes[line.clone()]
    }
}

impl Lines {
    /// Those of an open file, decompressed as the name's last extension says: `.gz`, `.zst` or anything else.
    pub(crate) fn of(file: File, path: &Path) -> io::Result<Self> {
        Ok(Lines::read(match compression(path) {
            Some(Compression::Gzip) => {
                Box::new(flate2::read::MultiGzDecoder::new(BufReader::with_capacity(BUFFER, file)))
            }
            Some(Compression::Zstd) => Box::new(zstd::Decoder::new(file)?),
            None => Box::new(file),
        }))
    }

    /// Those that a reader gives.
    pub(crate) fn read(reader: Box<dyn Read + Send>) -> Self {
        Lines { reader: Box::new(BufReader::with_capacity(BUFFER, reader)), number: 0 }
    }

    /// Replaces the lines of `batch` by the next ones. False at the end.
    pub(crate) fn fill(&mut self, batch: &mut Batch) -> bool {
        batch.bytes.clear();
        batch.lines.clear();
        while batch.bytes.len() < FULL && batch.error.is_none() {
            self.number += 1;
            match self.next(&mut batch.bytes) {
                Ok(Some(line)) => batch.lines.push((self.number, line)),
                Ok(None) => break,
                Err(error) => batch.error = Some((self.number, error)),
            }
        }
        !batch.lines.is_empty() || batch.error.is_some()
    }

    /// Adds a line to `bytes`, holding no more of it than the limit.
    fn next(&mut self, bytes: &mut Vec<u8>) -> io::Result<Option<Line>> {
        let start = bytes.len();
        let mut length = 0;
        loop {
            let piece = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                piece => piece?,
            };
            let ended = memchr::memchr(b'\n', piece);
            let (at_end, taken) = (piece.is_empty(), ended.unwrap_or(piece.len()));
            length += taken as u64;
            if length <= LONGEST as u64 {
                bytes.extend_from_slice(&piece[..taken]);
            }
            self.reader.consume(taken + usize::from(ended.is_some()));
            if length > LONGEST as u64 {
                bytes.truncate(start);
            }
            if ended.is_some() || at_end {
                return Ok(match length {
                    0 if at_end => None,
                    _ if length > LONGEST as u64 => Some(Line::TooLong(length)),
                    _ => Some(Line::Whole(start..bytes.len())),
                });
            }
        }
    }
}

enum Compression {
    Gzip,
    Zstd,
}

fn compression(path: &Path) -> Option<Compression> {
    let extension = path.extension()?;
    if extension.eq_ignore_ascii_case("gz") {
        Some(Compression::Gzip)
    } else if extension.eq_ignore_ascii_case("zst") {
        Some(Compression::Zstd)
    } else {
        None
    }
}

/// The name without the extension that tells of compression.
pub(crate) fn uncompressed(path: &Path) -> PathBuf {
    match compression(path) {
        Some(_) => path.with_extension(""),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that gives a few bytes at a time.
    struct Slow(Vec<u8>, usize);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let len = self.1.min(self.0.len()).min(buffer.len());
            buffer[..len].copy_from_slice(&self.0[..len]);
            self.0.drain(..len);
            Ok(len)
        }
    }

    #[test]
    fn lines_are_whole_whatever_the_reader_gives() {
        let long = "x".repeat(300);
        for text in ["", "\n", "a", "a\n", "a\nb", "\n\na\r\n\nb\n", &format!("{long}\n{long}y\n\nz")] {
            let expected: Vec<&str> = text
                .strip_suffix('\n')
                .map_or_else(|| text.split('\n').collect(), |text| text.split('\n').collect());
            let expected = if text.is_empty() { Vec::new() } else { expected };
            for step in [1, 7, 64, 1000] {
                let mut lines = Lines::read(Box::new(Slow(text.into(), step)));
                let (mut batch, mut read) = (Batch::default(), Vec::new());
                while lines.fill(&mut batch) {
                    for (number, line) in &batch.lines {
                        let Line::Whole(line) = line else { panic!("no line is long") };
                        read.push((*number, String::from_utf8_lossy(batch.bytes(line)).into_owned()));
                    }
                }
                let expected: Vec<(u32, String)> =
                    (1..).zip(expected.iter().map(|&line| line.to_owned())).collect();
                assert_eq!(read, expected, "{text:?} by {step}");
            }
        }
    }
}
