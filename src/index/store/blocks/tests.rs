//! What is written is read, and nothing else is.

use super::*;
use crate::index::store::faulty::{Fault, Faulty};
use crate::index::store::storage::Storage;
use proptest::prelude::*;

const NAME: &str = "segment-00000001";
const KIND: u32 = 7;

fn data(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * i / 7 + i) as u8).collect()
}

fn file(data: &[u8], root: u64) -> Vec<u8> {
    let disk = Faulty::new();
    let mut writer = BlockWriter::new(disk.create(NAME).expect("creates"), NAME, KIND);
    writer.write(data).expect("writes");
    let len = writer.finish(root).expect("finishes");
    let bytes = disk.read(NAME).expect("reads");
    assert_eq!(bytes.len() as u64, len);
    bytes
}

fn open(bytes: Vec<u8>) -> Result<BlockFile, Error> {
    BlockFile::open(bytes.into(), NAME, KIND)
}

/// All of the data, read in pieces that exercise the checks of one block and of several.
fn read(file: &BlockFile, step: usize) -> Result<Vec<u8>, Error> {
    let mut data = Vec::new();
    while (data.len() as u64) < file.len() {
        let len = step.min(file.len() as usize - data.len());
        data.extend_from_slice(file.get(data.len() as u64, len)?);
    }
    Ok(data)
}

/// Makes the footer's checksum hold again.
fn seal(bytes: &mut [u8]) {
    let end = bytes.len() - 8;
    let sum = xxh3_64(&bytes[end + 8 - FOOTER..end]);
    bytes[end..].copy_from_slice(&sum.to_le_bytes());
}

#[test]
fn data_of_any_length_is_read_as_it_was_written() {
    let block = BLOCK as usize;
    for len in [
        0,
        1,
        block - 1,
        block,
        block + 1,
        64 * block,
        65 * block + 3,
        BUFFERS[0],
        BUFFERS[1] + 3,
        5 * BUFFERS[1] - 1,
    ] {
        let data = data(len);
        let file = open(file(&data, len as u64 / 2)).expect("opens");
        assert_eq!((file.len(), file.root()), (len as u64, len as u64 / 2));
        for step in [100, 1000, block, 3 * block + 1, usize::MAX] {
            assert_eq!(read(&file, step).as_ref(), Ok(&data));
        }
        assert_eq!(file.get(len as u64, 0), Ok(&[][..]));
        assert_eq!(file.damage().count(), 0);
        for (offset, more) in [
            (0, len + 1),
            (len as u64, 1),
            (len as u64 + 1, 0),
            (u64::MAX, 0),
            (u64::MAX, 1),
            (u64::MAX, usize::MAX),
            (0, usize::MAX),
            (u64::MAX - 4095, 4096),
            (1, usize::MAX),
        ] {
            let error = file.get(offset, more).expect_err("out of bounds");
            assert_eq!(error.damage(), Some((NAME, offset)), "{error}");
        }
    }
}

#[test]
fn the_writer_knows_where_it_is_whatever_the_pieces() {
    let disk = Faulty::new();
    let mut writer = BlockWriter::new(disk.create(NAME).expect("creates"), NAME, KIND);
    let mut expected = Vec::new();
    for (i, len) in [3, 70_000, 0, 1, 4096, 200_000, 65_536].into_iter().enumerate() {
        let piece = data(len);
        writer.write(&piece).expect("writes");
        expected.extend(piece);
        let to = [1, 8, 64, 4096, 0, 12, 100_000][i];
        writer.align(to).expect("writes");
        expected.resize(expected.len().next_multiple_of(to.max(1) as usize), 0);
        assert_eq!(writer.position(), expected.len() as u64);
    }
    writer.finish(0).expect("finishes");
    let file = BlockFile::open(disk.map(NAME).expect("maps"), NAME, KIND).expect("opens");
    assert_eq!(file.get(0, expected.len()), Ok(&expected[..]));
    // The file is durable.
    disk.sync_directory().expect("syncs");
    let crashed = disk.crash(1);
    assert!(
        BlockFile::open(crashed.map(NAME).expect("maps"), NAME, KIND)
            .is_ok_and(|file| file.damage().count() == 0)
    );
}

#[test]
fn every_operation_may_fail() {
    let data = data(3 * BUFFERS[1]);
    for at in 0.. {
        let disk = Faulty::new();
        let mut writer = BlockWriter::new(disk.create(NAME).expect("creates"), NAME, KIND);
        disk.fail(1 + at, false, Fault::Full, at);
        let result = writer.write(&data).and_then(|()| writer.finish(0));
        match result {
            Ok(_) => {
                assert_eq!(
                    at, 37,
                    "32 times data, then twice, a flush of nothing, the end and a sync"
                );
                return;
            }
            Err(error) => {
                let doing = if at == 36 { "sync" } else { "write" };
                assert_eq!(
                    error.to_string(),
                    format!("cannot {doing} {NAME}: No space left on device")
                );
            }
        }
    }
}

#[test]
fn a_flipped_bit_is_found_where_it_is() {
    let data = data(9_000);
    let whole = file(&data, 5);
    for bit in 0..whole.len() * 8 {
        // Only some bits of each block are tried.
        if bit / 8 < 12_288 && bit % 61 > 0 {
            continue;
        }
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        match open(bytes) {
            Err(error) => {
                let place = error.damage().expect("is damage").1;
                assert!(bit / 8 >= 12_288 && place >= 12_288, "{bit} {error}");
            }
            Ok(file) => {
                let block = bit as u64 / 8 / BLOCK * BLOCK;
                let error = file.get(block, 10).expect_err("is damaged");
                let message = format!(
                    "{NAME} is damaged at byte {block}: the checksum of its block does not match"
                );
                assert_eq!(error.to_string(), message);
                assert_eq!(read(&file, usize::MAX), Err(error.clone()));
                assert_eq!(file.damage().collect::<Vec<_>>(), [error]);
                // The other blocks can still be read.
                assert!(
                    [0, BLOCK, 2 * BLOCK]
                        .iter()
                        .all(|&other| other == block || file.get(other, 10).is_ok())
                );
            }
        }
    }
}

#[test]
fn a_cut_file_is_not_opened() {
    let whole = file(&data(9_000), 5);
    for len in 0..whole.len() {
        let error = open(whole[..len].to_vec()).expect_err("is cut");
        assert!(error.damage().is_some(), "{len} {error}");
    }
    let error = open(whole[..13].to_vec()).expect_err("is cut");
    assert_eq!(error.to_string(), format!("{NAME} is damaged at byte 13: its end is missing"));
    assert!(open([&whole[..], b"more"].concat()).is_err());
}

#[test]
fn kinds_and_versions_are_told() {
    let whole = file(&data(100), 5);
    let error = BlockFile::open(whole.clone().into(), NAME, KIND + 1).expect_err("another kind");
    assert!(error.to_string().ends_with("it is a file of another kind"), "{error}");
    let footer = whole.len() - FOOTER;
    let mut newer = whole.clone();
    newer[footer + 8] = 2;
    assert!(open(newer.clone()).expect_err("damaged").damage().is_some());
    seal(&mut newer);
    let error = open(newer).expect_err("newer");
    assert_eq!(error, Error::newer(2, 1));
}

#[test]
fn sizes_that_lie_are_refused_before_anything_is_made_of_them() {
    let whole = file(&data(5_000), 5);
    let footer = whole.len() - FOOTER;
    for (field, value) in [(16, 0), (16, 1), (16, 4096), (16, 8193), (24, 5001), (24, u64::MAX)]
        .into_iter()
        .chain((0..64).map(|bit| (16, u64::MAX << bit)))
    {
        let mut bytes = whole.clone();
        bytes[footer + field..footer + field + 8].copy_from_slice(&u64::to_le_bytes(value));
        seal(&mut bytes);
        let error = open(bytes).expect_err("is a lie");
        assert_eq!(error.damage(), Some((NAME, footer as u64)), "{error}");
    }
}

#[test]
fn threads_share_a_file() {
    let data = data(300 * BLOCK as usize);
    let file = open(file(&data, 0)).expect("opens");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (file, data) = (&file, &data);
            scope.spawn(move || {
                for i in 0..3_000 {
                    let (start, len) = (i * 4_001 * (thread + 1) % 1_200_000, i % 9_000);
                    assert_eq!(file.get(start as u64, len), Ok(&data[start..start + len]));
                }
            });
        }
    });
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_no_danger(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..9_000),
        sealed: bool,
        len in prop_oneof![0u64..9_000, any::<u64>()],
        offset: u64,
    ) {
        if sealed && bytes.len() >= FOOTER {
            let footer = bytes.len() - FOOTER;
            bytes[footer..footer + 8].copy_from_slice(MAGIC);
            bytes[footer + 8..footer + 16].copy_from_slice(&[1, 0, 0, 0, KIND as u8, 0, 0, 0]);
            bytes[footer + 16..footer + 24].copy_from_slice(&len.to_le_bytes());
            seal(&mut bytes);
        }
        if let Ok(file) = open(bytes) {
            let _ = (file.get(offset, 10), file.get(0, 5_000), file.damage().count());
        }
    }

    #[test]
    fn ranges_are_as_the_data_says(len in 0usize..20_000, ranges in proptest::collection::vec((0usize..21_000, 0usize..9_000), 0..50)) {
        let data = data(len);
        let file = open(file(&data, 0)).expect("opens");
        for (start, len) in ranges {
            prop_assert_eq!(file.get(start as u64, len).ok(), data.get(start..start + len));
        }
    }
}
