use super::*;

#[test]
fn the_errors_of_an_index_say_what_and_where() {
    let no_space = io::Error::new(io::ErrorKind::StorageFull, "no space left");
    let io = Error::io("write", "log-00000003", no_space);
    assert_eq!(io.to_string(), "cannot write log-00000003: no space left");
    assert_eq!((io.io_kind(), io.damage()), (Some(io::ErrorKind::StorageFull), None));
    let damage =
        Error::damaged("segment-00000007", 81920, "the checksum of its block does not match");
    assert_eq!(
        damage.to_string(),
        "segment-00000007 is damaged at byte 81920: the checksum of its block does not match"
    );
    assert_eq!((damage.io_kind(), damage.damage()), (None, Some(("segment-00000007", 81920))));
    assert_eq!(damage.clone(), damage);
    for (error, message) in [
        (Error::newer(2, 1), "the index is of format 2, this version knows up to 1"),
        (
            Error::folding(1, 2),
            "the index was made by an older folding (1, this version has 2): \
             it must be made anew from the texts",
        ),
        (
            Error::folding(3, 2),
            "the index was made by a newer folding (3, this version has 2): \
             a newer version of the library reads it",
        ),
        (Error::locked(), "the index is in use by another writer"),
        (
            Error::broken("log-00000003"),
            "cannot write log-00000003: a write before failed and could not be undone, reopen the index",
        ),
        (
            Error::settings("shingle", "words:3", "words:5"),
            "the index was made with shingle words:3, not words:5",
        ),
    ] {
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn an_error_names_the_directory_of_its_index_once() {
    let place: Arc<Path> = Path::new("news.index").into();
    let other: Arc<Path> = Path::new("other.index").into();
    let missing = || io::Error::from(io::ErrorKind::NotFound);
    let file = Path::new("news.index").join("log-00000003");
    let file = file.display();
    for (error, message) in [
        (Error::locked(), "the index news.index is in use by another writer".to_owned()),
        (
            Error::damaged("log-00000003", 8, "it is cut"),
            format!("{file} is damaged at byte 8: it is cut"),
        ),
        (
            Error::broken("log-00000003"),
            format!(
                "cannot write {file}: a write before failed and could not be undone, reopen the index"
            ),
        ),
        (Error::io("map", "log-00000003", missing()), format!("cannot map {file}: {}", missing())),
        (Error::no_index(missing()), format!("there is no index in news.index: {}", missing())),
        (
            Error::older(1),
            "the index news.index is of format 1, which this version does not read: make it anew"
                .to_owned(),
        ),
        (
            Error::settings("seed", 0, 7),
            "the index news.index was made with seed 0, not 7".to_owned(),
        ),
        (
            Error::exists("an index", "open it"),
            "an index is there already, in news.index: open it".to_owned(),
        ),
        (
            Error::range("bytes of an id", 0, "from 1 to 9"),
            "bytes of an id is 0, must be from 1 to 9, in news.index".to_owned(),
        ),
    ] {
        assert_eq!(error.in_index(&place).in_index(&other).to_string(), message);
    }
}

#[test]
fn a_program_can_tell_the_kinds_apart_and_reach_the_cause() {
    let io = |kind: io::ErrorKind| Error::io("write", "log-00000003", kind.into());
    for (error, kind) in [
        (Error::range("seed", 0, "above 0"), ErrorKind::InvalidInput),
        (Error::date("soon"), ErrorKind::InvalidInput),
        (Error::name("preset", "huge", "wire"), ErrorKind::InvalidInput),
        (Error::unreachable(0.1, 0.9, 16, 0.5), ErrorKind::InvalidInput),
        (Error::mismatch("seed", 0, 7), ErrorKind::Mismatch),
        (Error::full("the table", 9), ErrorKind::Full),
        (Error::no_index(io::ErrorKind::NotFound.into()), ErrorKind::NotFound),
        (Error::exists("an index", "open it"), ErrorKind::AlreadyExists),
        (Error::locked(), ErrorKind::Locked),
        (Error::cancelled("the search"), ErrorKind::Cancelled),
        (Error::text(7, io::ErrorKind::NotFound.into()), ErrorKind::Io),
        (Error::newer(3, 2), ErrorKind::Newer),
        (Error::older(1), ErrorKind::Older),
        (Error::folding(3, 2), ErrorKind::Newer),
        (Error::folding(1, 2), ErrorKind::Older),
        (Error::settings("seed", 0, 7), ErrorKind::OtherSettings),
        (Error::damaged("log-00000003", 0, "it is cut"), ErrorKind::Damaged),
        (Error::broken("log-00000003"), ErrorKind::Io),
        (io(io::ErrorKind::PermissionDenied), ErrorKind::Io),
        (io(io::ErrorKind::StorageFull), ErrorKind::StorageFull),
        (io(io::ErrorKind::QuotaExceeded), ErrorKind::StorageFull),
        // A file that the manifest names.
        (io(io::ErrorKind::NotFound), ErrorKind::Damaged),
    ] {
        assert_eq!(error.kind(), kind, "{error}");
        let cause = std::error::Error::source(&error).and_then(|it| it.downcast_ref::<io::Error>());
        assert_eq!(cause.map(io::Error::kind), error.io_kind(), "{error}");
    }
}
