//! The lines of a file, plain or compressed, some megabytes at a time: enough to share out among threads, little enough to hold.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::mem;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::bufread::GzDecoder;

/// The longest line: far more than an article, and little enough to hold.
pub(crate) const LONGEST: usize = 16 << 20;
/// So many bytes are read for a batch.
const BLOCK: u64 = 1 << 20;
const BUFFER: usize = 1 << 17;

/// The lines of an input.
pub(crate) struct Lines {
    reader: Box<dyn Read + Send>,
    /// Lines seen to their end.
    number: u32,
    /// Whether the last of them ended with a carriage return, of which a line feed may be the other
    /// half.
    returned: bool,
    /// Bytes read.
    read: u64,
    /// The line that the last block ended in, so far.
    rest: Vec<u8>,
    /// Bytes of it that were let go, as it is too long.
    dropped: u64,
    ended: bool,
    /// Bytes to read for a batch.
    block: u64,
    /// Whether a batch waits for so many, or is what has come.
    waits: bool,
}

/// Some lines of an input that follow each other.
#[derive(Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    /// Where in the input its bytes begin.
    offset: u64,
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

    /// Where in the input a line begins.
    pub(crate) fn offset(&self, line: &Range<usize>) -> u64 {
        self.offset + line.start as u64
    }
}

impl Lines {
    /// Those of an open file, decompressed as the name's last extension says: `.gz`, `.zst` or anything else.
    pub(crate) fn of(file: Arc<File>, path: &Path) -> io::Result<Self> {
        Ok(Lines::read(match compression(path) {
            Some(Compression::Gzip) => {
                Box::new(Members(Some(GzDecoder::new(BufReader::with_capacity(BUFFER, file)))))
            }
            Some(Compression::Zstd) => Box::new(zstd::Decoder::new(file)?),
            None => Box::new(file),
        }))
    }

    /// Those that a reader gives.
    pub(crate) fn read(reader: Box<dyn Read + Send>) -> Self {
        let (number, read, rest, dropped) = (0, 0, Vec::new(), 0);
        Lines {
            reader,
            number,
            returned: false,
            read,
            rest,
            dropped,
            ended: false,
            block: BLOCK,
            waits: true,
        }
    }

    /// Those that a reader gives, each as soon as it has come.
    pub(crate) fn arriving(reader: Box<dyn Read + Send>) -> Self {
        Lines { waits: false, ..Lines::read(reader) }
    }

    /// Replaces the lines of `batch` by the next ones. False at the end.
    pub(crate) fn fill(&mut self, batch: &mut Batch) -> bool {
        let Batch { bytes, offset, lines, error } = batch;
        (*error, *offset) = (None, self.read - self.rest.len() as u64);
        lines.clear();
        bytes.clear();
        bytes.append(&mut self.rest);
        let mut start = 0;
        while !self.ended && lines.is_empty() {
            if bytes.len() > LONGEST {
                self.dropped += bytes.len() as u64;
                *offset += bytes.len() as u64;
                bytes.clear();
                self.returned = false;
            }
            // What is there has no line end.
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
                if !(self.returned && bytes[end] == b'\n' && end == start) {
                    lines.push(self.line(start..end));
                }
                self.returned = bytes[end] == b'\r';
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

    /// The next line, of which these bytes are the last.
    fn line(&mut self, bytes: Range<usize>) -> (u32, Line) {
        self.number += 1;
        let length = mem::take(&mut self.dropped) + bytes.len() as u64;
        (
            self.number,
            if length > LONGEST as u64 { Line::TooLong(length) } else { Line::Whole(bytes) },
        )
    }
}

/// What the members of a gzip file hold, one after another. None when the last has ended.
///
/// Zeros may follow it: tapes and block devices fill their blocks with them. Anything else is
/// damage.
struct Members<R>(Option<GzDecoder<R>>);

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.0 {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.0 = match there(member.get_mut())?.first() {
                Some(0) => {
                    pass_over_zeros(member.get_mut())?;
                    None
                }
                Some(_) => self.0.take().map(|member| GzDecoder::new(member.into_inner())),
                None => None,
            }
        }
        Ok(0)
    }
}

/// Passes over zeros to the end of the input.
fn pass_over_zeros(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let bytes = there(reader)?;
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

/// The bytes that a reader has, none at its end.
fn there(reader: &mut impl BufRead) -> io::Result<&[u8]> {
    while let Err(error) = reader.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    reader.fill_buf()
}

/// Adds what a reader has now, waiting only if that is nothing.
fn read_some(reader: &mut dyn Read, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let there = bytes.len();
    bytes.resize(there + BUFFER, 0);
    let result = loop {
        match reader.read(&mut bytes[there..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => break result,
        }
    };
    bytes.truncate(there + *result.as_ref().unwrap_or(&0));
    result
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

/// Whether the file of this name holds its lines as they are.
pub(crate) fn is_plain(path: &Path) -> bool {
    compression(path).is_none()
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
                for block in [1, 2, 5, 301, BLOCK, 0] {
                    // 0 stands for lines that are given as they come.
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
    fn lines_that_arrive_are_given_before_the_next_is_there() {
        let (reader, mut writer) = io::pipe().expect("a pipe");
        let mut lines = Lines::arriving(Box::new(reader));
        let mut batch = Batch::default();
        for number in 1..4 {
            io::Write::write_all(&mut writer, b"one\nhalf ").expect("room");
            // Waits for ever if it waits for more.
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
    fn a_line_that_is_too_long_is_counted_and_what_follows_is_found() {
        let text = format!("a\n{}\nb\n{}", "x".repeat(2 * LONGEST), "y".repeat(LONGEST + 7));
        let mut lines = Lines { block: 1 << 20, ..Lines::read(Box::new(io::Cursor::new(text))) };
        let (mut batch, mut read) = (Batch::default(), Vec::new());
        while lines.fill(&mut batch) {
            read.extend(batch.lines.iter().map(|(number, line)| match line {
                Line::Whole(line) => (*number, batch.offset(line), batch.bytes(line).len() as u64),
                Line::TooLong(length) => (*number, 0, *length),
            }));
        }
        let long = LONGEST as u64;
        assert_eq!(read, [(1, 0, 1), (2, 0, 2 * long), (3, 2 * long + 3, 1), (4, 0, long + 7)]);
    }
}
