//! Recipes: whole examples for what programs do with this crate. Each is compiled or run as a test.
//!
//! # In an asynchronous program
//!
//! Nothing here waits for the network, and all of it keeps cores busy or reads files. So an
//! asynchronous program calls it from a thread of its own: with Tokio in
//! `tokio::task::spawn_blocking(move || ...)`, which takes the same closure as the thread below.
//! [`Detector`](crate::Detector) and [`Snapshot`](crate::Snapshot) are cheap to clone and can be
//! sent.
//!
//! ```
//! use std::sync::mpsc;
//! use std::thread;
//!
//! use newsprint::Detector;
//!
//! let articles = vec!["The river rose in the night.", "The river rose in the night!"];
//! let (sender, receiver) = mpsc::channel();
//! thread::spawn(move || {
//!     let found = Detector::default().find_pairs(&articles);
//!     let _ = sender.send(found.pairs.len());
//! });
//! assert_eq!(receiver.recv(), Ok(1));
//! ```
//!
//! An index has one writer. Give it a thread that owns the [`Index`](crate::Index) and takes
//! articles from a channel, and let requests ask snapshots:
//!
//! ```
//! use std::sync::mpsc;
//! use std::thread;
//!
//! use newsprint::{Article, Config, Error, Index, IndexOptions, Snapshot};
//!
//! # let path = std::env::temp_dir().join(format!("newsprint-recipe-{}", std::process::id()));
//! # let _ = std::fs::remove_dir_all(&path);
//! let mut index = IndexOptions::new(&Config::default()).keep_texts(true).create(&path)?;
//! let (articles, arriving) = mpsc::channel::<(String, String)>();
//! let writer = thread::spawn(move || -> Result<(), Error> {
//!     for (id, text) in arriving {
//!         index.ingest(&Article::new(&text).id(&id))?;
//!     }
//!     index.close()
//! });
//! articles.send(("a".into(), "The river rose in the night.".into())).unwrap();
//! drop(articles);
//! writer.join().unwrap()?;
//!
//! let snapshot = Snapshot::open(&path)?;
//! let request = snapshot.clone(); // one for each request
//! let answer = thread::spawn(move || request.query("The river rose in the night!"));
//! assert_eq!(answer.join().unwrap()?.matches[0].id, "a");
//! # drop(snapshot);
//! # std::fs::remove_dir_all(&path).unwrap();
//! # Ok::<(), Error>(())
//! ```
//!
//! # A database as a collection
//!
//! Keep the metadata in memory and read texts when they are asked for. Several threads ask at once,
//! so each takes a connection of a pool, or waits for the one there is. An error ends the search
//! and comes back as the source of its error; no text is ever taken for an empty one.
//!
//! ```
//! use std::io;
//! use std::sync::Mutex;
//!
//! use newsprint::{Article, Collection, Date, Detector, Progress};
//! # struct Connection(Vec<&'static str>);
//! # impl Connection {
//! #     fn text_of(&mut self, key: usize) -> Result<String, std::fmt::Error> {
//! #         self.0.get(key).map(|text| text.to_string()).ok_or(std::fmt::Error)
//! #     }
//! # }
//!
//! struct Row {
//!     key: usize,
//!     id: String,
//!     source: Option<String>,
//!     date: Option<Date>,
//! }
//!
//! struct Archive {
//!     rows: Vec<Row>,
//!     connection: Mutex<Connection>,
//! }
//!
//! impl Collection for Archive {
//!     fn len(&self) -> usize {
//!         self.rows.len()
//!     }
//!
//!     fn article(&self, i: usize) -> Article<'_> {
//!         let Row { id, source, date, .. } = &self.rows[i];
//!         Article::new("").id(id).date(*date).source(source.as_deref())
//!     }
//!
//!     fn text<'t>(&'t self, i: usize, buffer: &'t mut String) -> io::Result<&'t str> {
//!         let mut connection = self.connection.lock().unwrap();
//!         *buffer = connection.text_of(self.rows[i].key).map_err(io::Error::other)?;
//!         Ok(buffer)
//!     }
//! }
//! # let texts = vec!["The river rose.", "The river rose!"];
//! # let row = |key| Row { key, id: key.to_string(), source: None, date: None };
//! # let archive = Archive { rows: vec![row(0), row(1)], connection: Mutex::new(Connection(texts)) };
//! let clusters = Detector::default().try_cluster(&archive, Progress::ignore)?;
//! assert_eq!(clusters.clusters.len(), 1);
//! # let broken = Archive { rows: vec![row(7)], ..archive };
//! # assert!(Detector::default().try_cluster(&broken, Progress::ignore).is_err());
//! # Ok::<(), newsprint::Error>(())
//! ```
//!
//! If reading is costly, sign the articles as they pass by, with [`Signing`](crate::Signing): then
//! only the texts of candidates are read.
//!
//! # Backing up an index
//!
//! [`Index::backup`](crate::Index::backup) copies an index while it is written to. Copy into a new
//! directory, check the copy, and only then let go of the one before:
//!
//! ```no_run
//! use newsprint::Index;
//!
//! let copy = "/backup/news.index-2026-11-30";
//! Index::backup("news.index", copy)?;
//! for damage in Index::verify(copy)? {
//!     eprintln!("{damage}");
//! }
//! # Ok::<(), newsprint::Error>(())
//! ```
//!
//! # Another preset for an index
//!
//! What an index looks for is built into its files. If it keeps texts, another can be made of it:
//!
//! ```no_run
//! use newsprint::{Config, Index, IndexOptions, Preset};
//!
//! let story = Config::builder().preset(Preset::Story).build()?;
//! let options = IndexOptions::new(&story).keep_texts(true);
//! let articles = Index::reindex("news.index", "stories.index", &options)?;
//! println!("{articles} articles are looked through for stories");
//! # Ok::<(), newsprint::Error>(())
//! ```
//!
//! # Clusters for another program
//!
//! Clusters name articles by their places in the input. With the feature `serde` they can be
//! serialized as they are; a table of ids is a line each:
//!
//! ```
//! use std::fmt::Write;
//!
//! use newsprint::{Article, Detector};
//!
//! let articles = [
//!     Article::new("The river rose in the night.").id("a"),
//!     Article::new("The river rose in the night!").id("b"),
//! ];
//! let id = |i: usize| articles[i].id.unwrap_or_default();
//! let mut table = String::new();
//! for cluster in Detector::default().cluster(&articles).clusters {
//!     for &member in &cluster.members {
//!         let _ = writeln!(table, "{}\t{}", id(cluster.representative), id(member));
//!     }
//! }
//! assert_eq!(table, "a\tb\n");
//! ```
//!
//! # Acting on errors
//!
//! Match on the [kind](crate::ErrorKind), and show the message to people. Wait where waiting helps,
//! mend what can be mended, and pass on the rest:
//!
//! ```no_run
//! use std::thread::sleep;
//! use std::time::Duration;
//!
//! use newsprint::{Config, Error, ErrorKind, Index};
//!
//! fn open(path: &str) -> Result<Index, Error> {
//!     loop {
//!         let error = match Index::open(path) {
//!             Ok(index) => return Ok(index),
//!             Err(error) => error,
//!         };
//!         match error.kind() {
//!             ErrorKind::NotFound => return Index::create(path, &Config::default()),
//!             ErrorKind::Locked | ErrorKind::StorageFull => sleep(Duration::from_secs(1)),
//!             ErrorKind::Damaged => {
//!                 eprintln!("{error}");
//!                 let repaired = Index::repair(path)?;
//!                 eprintln!("kept {}, lost {}", repaired.articles, repaired.lost);
//!             }
//!             _ => return Err(error),
//!         }
//!     }
//! }
//! # let _ = open;
//! ```
