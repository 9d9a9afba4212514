//! Reads the lines of a file, plain or compressed, in batches of about a megabyte: large enough to
//! be shared among threads, small enough to be kept in memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::mem;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::bufread::GzDecoder;

/// The longest line in bytes: far more than an article has, and small enough to be kept in memory.
pub(crate) const MAX_LINE_BYTES: usize = 16 << 20;
/// The bytes to read for a batch.
const BLOCK_BYTES: u64 = 1 << 20;
const BUFFER_BYTES: usize = 1 << 17;

/// The lines of an input.
pub(crate) struct Lines {
    reader: Box<dyn Read + Send>,
    /// The number of complete lines so far.
    number: u32,
    /// Whether the last line ended in a carriage return. A line feed that follows belongs to it.
    after_return: bool,
    /// The number of bytes read.
    read: u64,
    /// The beginning of a line that the last batch ended in.
    rest: Vec<u8>,
    /// The bytes of that line that were discarded because it is too long.
    dropped: u64,
    ended: bool,
    /// The bytes to read for a batch, [`BLOCK_BYTES`] outside of tests.
    block: u64,
    /// Whether a batch waits for that many bytes, or has what is available.
    waits: bool,
}

/// Consecutive lines of an input.
#[derive(Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    /// The offset of its bytes in the input.
    offset: u64,
    /// The lines with their numbers.
    pub(crate) lines: Vec<(u32, Line)>,
    /// The error that ended the reading after these lines, and the number of its line.
    pub(crate) error: Option<(u32, io::Error)>,
}

/// A line without its end.
pub(crate) enum Line {
    /// Its range of bytes in the batch.
    Whole(Range<usize>),
    /// A line of this many bytes, which were discarded.
    TooLong(u64),
}

impl Batch {
    /// The bytes of a line.
    pub(crate) fn bytes(&self, line: &Range<usize>) -> &[u8] {
        &self.bytes[line.clone()]
    }

    /// The offset of a line in the input.
    pub(crate) fn offset(&self, line: &Range<usize>) -> u64 {
        self.offset + line.start as u64
    }
}

impl Lines {
    /// The lines of an open file, decompressed if its name ends in `.gz` or `.zst`.
    pub(crate) fn of(file: Arc<File>, path: &Path) -> io::Result<Self> {
        Ok(Lines::read(decompressed(file, compression_of(path))?))
    }

    /// The lines of a reader.
    pub(crate) fn read(reader: Box<dyn Read + Send>) -> Self {
        let (number, read, rest, dropped) = (0, 0, Vec::new(), 0);
        Lines {
            reader,
            number,
            after_return: false,
            read,
            rest,
            dropped,
            ended: false,
            block: BLOCK_BYTES,
            waits: true,
        }
    }

    /// The lines of a reader, each as soon as it is available.
    pub(crate) fn arriving(reader: Box<dyn Read + Send>) -> Self {
        Lines { waits: false, ..Lines::read(reader) }
    }

    /// Fills `batch` with the next lines. Returns false at the end.
    pub(crate) fn fill(&mut self, batch: &mut Batch) -> bool {
        let Batch { bytes, offset, lines, error } = batch;
        (*error, *offset) = (None, self.read - self.rest.len() as u64);
        lines.clear();
        bytes.clear();
        bytes.append(&mut self.rest);
        let mut start = 0;
        while !self.ended && lines.is_empty() {
            if bytes.len() > MAX_LINE_BYTES {
                self.dropped += bytes.len() as u64;
                *offset += bytes.len() as u64;
                bytes.clear();
                self.after_return = false;
            }
            // The bytes so far have no line end.
            let searched = bytes.len();
            let result = match self.waits {
                true => (&mut self.reader).take(self.block).read_to_end(bytes),
                false => read_some(&mut *self.reader, bytes),
            };
            let read = (bytes.len() - searched) as u64;
            self.read += read;
            self.ended = result.is_err() || read < if self.waits { self.block } else { 1 };
            for end in memchr::memchr2_iter(b'\n', b'\r', &bytes[searched..]) {
                let end = searched + end;
                if !(self.after_return && bytes[end] == b'\n' && end == start) {
                    lines.push(self.line(start..end));
                }
                self.after_return = bytes[end] == b'\r';
                start = end + 1;
            }
            match result {
                Err(stopped) => *error = Some((self.number + 1, stopped)),
                Ok(_) if self.ended && (start < bytes.len() || self.dropped > 0) => {
                    lines.push(self.line(start..bytes.len()));
                }
                Ok(_) => {}
            }
        }
        if !self.ended {
            self.rest.extend_from_slice(&bytes[start..]);
        }
        !lines.is_empty() || error.is_some()
    }

    /// The next line, which ends with these bytes.
    fn line(&mut self, bytes: Range<usize>) -> (u32, Line) {
        self.number += 1;
        let length = mem::take(&mut self.dropped) + bytes.len() as u64;
        (
            self.number,
            if length > MAX_LINE_BYTES as u64 { Line::TooLong(length) } else { Line::Whole(bytes) },
        )
    }
}

/// Reads the members of a gzip file one after another. None after the last.
///
/// Zeros may follow the last member, because tapes and block devices pad their blocks with them.
/// Anything else is damage.
struct GzipMembers<R>(Option<GzDecoder<R>>);

impl<R: BufRead> Read for GzipMembers<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.0 {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.0 = match fill_buf(member.get_mut())?.first() {
                Some(0) => {
                    skip_zeros(member.get_mut())?;
                    None
                }
                Some(_) => self.0.take().map(|member| GzDecoder::new(member.into_inner())),
                None => None,
            }
        }
        Ok(0)
    }
}

/// Skips zeros up to the end of the input.
fn skip_zeros(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let bytes = fill_buf(reader)?;
        if bytes.iter().any(|&byte| byte != 0) {
            let message = "neither gzip data nor zeros after the end of the gzip data";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        match bytes.len() {
            0 => return Ok(()),
            length => reader.consume(length),
        }
    }
}

/// The buffered bytes of a reader, empty at its end. Retries interrupted reads.
fn fill_buf(reader: &mut impl BufRead) -> io::Result<&[u8]> {
    while let Err(error) = reader.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    reader.fill_buf()
}

/// Appends the bytes that a reader has available, and waits only if there are none.
fn read_some(reader: &mut dyn Read, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let start = bytes.len();
    bytes.resize(start + BUFFER_BYTES, 0);
    let result = loop {
        match reader.read(&mut bytes[start..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => break result,
        }
    };
    bytes.truncate(start + *result.as_ref().unwrap_or(&0));
    result
}

/// The bytes of a reader without their compression.
fn decompressed(
    reader: impl Read + Send + 'static,
    compression: Option<Compression>,
) -> io::Result<Box<dyn Read + Send>> {
    Ok(match compression {
        Some(Compression::Gzip) => Box::new(GzipMembers(Some(GzDecoder::new(
            BufReader::with_capacity(BUFFER_BYTES, reader),
        )))),
        Some(Compression::Zstd) => Box::new(zstd::Decoder::new(reader)?),
        None => Box::new(reader),
    })
}

/// The bytes of standard input or a pipe, which has no name that says how it is compressed: its
/// first bytes say so. Nothing is read before it is asked for.
pub(crate) enum Recognized<R> {
    Unread(Option<R>),
    Known(Box<dyn Read + Send>),
}

impl<R: Read + Send + 'static> Recognized<R> {
    pub(crate) fn of(reader: R) -> Box<Self> {
        Box::new(Recognized::Unread(Some(reader)))
    }
}

impl<R: Read + Send + 'static> Read for Recognized<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Recognized::Unread(reader) = self
            && let Some(mut reader) = reader.take()
        {
            let (first, compression) = recognize(&mut reader)?;
            *self = Recognized::Known(decompressed(Cursor::new(first).chain(reader), compression)?);
        }
        match self {
            Recognized::Known(reader) => reader.read(buffer),
            Recognized::Unread(_) => Ok(0),
        }
    }
}

/// Reads as many bytes as tell whether they are compressed, so that nobody waits for more than a
/// line.
fn recognize(reader: &mut impl Read) -> io::Result<(Vec<u8>, Option<Compression>)> {
    const GZIP: &[u8] = b"\x1F\x8B";
    const ZSTD: &[u8] = b"\x28\xB5\x2F\xFD";
    let mut first = Vec::new();
    while [GZIP, ZSTD].iter().any(|all| all.len() > first.len() && all.starts_with(&first)) {
        let mut byte = [0];
        match reader.read(&mut byte) {
            Ok(0) => break,
            Ok(_) => first.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let compression = match &first[..] {
        GZIP => Some(Compression::Gzip),
        ZSTD => Some(Compression::Zstd),
        _ => None,
    };
    Ok((first, compression))
}

/// How a file is compressed.
pub(crate) enum Compression {
    Gzip,
    Zstd,
}

/// How a file of this name is compressed.
pub(crate) fn compression_of(path: &Path) -> Option<Compression> {
    let extension = path.extension()?;
    if extension.eq_ignore_ascii_case("gz") {
        Some(Compression::Gzip)
    } else if extension.eq_ignore_ascii_case("zst") {
        Some(Compression::Zstd)
    } else {
        None
    }
}

/// Whether a file of this name is uncompressed.
pub(crate) fn is_plain(path: &Path) -> bool {
    compression_of(path).is_none()
}

/// The name without the extension of a compressed file.
pub(crate) fn uncompressed(path: &Path) -> PathBuf {
    match compression_of(path) {
        Some(_) => path.with_extension(""),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that returns a few bytes at a time.
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
        let ends = ["\n", "\r\n", "\r"];
        let texts =
            ["", "\n", "a", "a\n", "a\nb", "\n\na\n\nb\n", &format!("{long}\n{long}y\n\nz")].map(
                |text| {
                    ends.map(|end| {
                        (text.replace('\n', end), text.lines().map(str::to_owned).collect())
                    })
                },
            );
        let mixed = ["a", "", "", "", "b", "", "c"].map(str::to_owned).to_vec();
        let mixed = ("a\r\r\n\n\rb\n\r\nc".to_owned(), mixed);
        for (text, expected) in texts.into_iter().flatten().chain([mixed]) {
            for step in [1, 7, 64, 1000] {
                for block in [1, 2, 5, 301, BLOCK_BYTES, 0] {
                    // 0 stands for `Lines::arriving`.
                    let reader = Box::new(Slow(text.clone().into(), step));
                    let mut lines = match block {
                        0 => Lines::arriving(reader),
                        block => Lines { block, ..Lines::read(reader) },
                    };
                    let (mut batch, mut read) = (Batch::default(), Vec::new());
                    while lines.fill(&mut batch) {
                        for (number, line) in &batch.lines {
                            let Line::Whole(line) = line else { panic!("no line is long") };
                            let bytes = batch.bytes(line);
                            assert!(
                                text.as_bytes()[batch.offset(line) as usize..].starts_with(bytes)
                            );
                            read.push((*number, String::from_utf8_lossy(bytes).into_owned()));
                        }
                    }
                    let expected: Vec<(u32, String)> =
                        (1..).zip(expected.iter().cloned()).collect();
                    assert_eq!(read, expected, "{text:?} by {step} in blocks of {block}");
                }
            }
        }
    }

    #[test]
    fn arriving_lines_are_returned_before_the_next_comes() {
        let (reader, mut writer) = io::pipe().expect("a pipe");
        let mut lines = Lines::arriving(Box::new(reader));
        let mut batch = Batch::default();
        for number in 1..4 {
            io::Write::write_all(&mut writer, b"one\nhalf ").expect("room");
            // This would never return if it waited for more bytes.
            assert!(lines.fill(&mut batch));
            assert_eq!(batch.lines.len(), 1);
            assert_eq!(batch.lines[0].0, number);
        }
        drop(writer);
        assert!(
            lines.fill(&mut batch)
                && matches!(&batch.lines[..], [(4, Line::Whole(line))] if line.len() == 5)
        );
        assert!(!lines.fill(&mut batch));
    }

    #[test]
    fn an_overlong_line_is_counted_and_the_next_is_found() {
        let text =
            format!("a\n{}\nb\n{}", "x".repeat(2 * MAX_LINE_BYTES), "y".repeat(MAX_LINE_BYTES + 7));
        let mut lines = Lines { block: 1 << 20, ..Lines::read(Box::new(Cursor::new(text))) };
        let (mut batch, mut read) = (Batch::default(), Vec::new());
        while lines.fill(&mut batch) {
            read.extend(batch.lines.iter().map(|(number, line)| match line {
                Line::Whole(line) => (*number, batch.offset(line), batch.bytes(line).len() as u64),
                Line::TooLong(length) => (*number, 0, *length),
            }));
        }
        let long = MAX_LINE_BYTES as u64;
        assert_eq!(read, [(1, 0, 1), (2, 0, 2 * long), (3, 2 * long + 3, 1), (4, 0, long + 7)]);
    }
}
