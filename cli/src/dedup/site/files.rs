//! The files of the pages: their names, and which of them an earlier run left behind.
//!
//! A list of the written names, [`LIST`], stands beside the pages. An old page is deleted only if
//! it is on the list, has a name that this program gives, and begins as its pages do; a file that
//! is no such page is not overwritten. Links are not followed. If a run is killed while it renames
//! its pages, the list already has both the old ones and the new.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use newsprint::Relation;

use super::html::PREAMBLE;
use crate::atomic_file::{self, FinishedFile, OutputFile, TempPath, create_directories, publish};

/// The file with the names of the pages.
const LIST: &str = "newsprint-pages.txt";
/// Its first line.
const LIST_HEADER: &str = "Pages written by newsprint dedup --html. The next run into this directory replaces them, \
     and deletes no other file.\n";

/// The pages of a directory that are being written.
pub(super) struct PageFiles {
    dir: PathBuf,
    /// The pages of an earlier run that are still there.
    old: Vec<String>,
    list: OutputFile,
    names: Vec<String>,
    finished: Vec<FinishedFile>,
    /// The directories that were created. They must be dropped last.
    _made: Vec<TempPath>,
}

impl PageFiles {
    /// Creates the directory and begins the list, or returns an error.
    pub(super) fn open(dir: &Path, inputs: &[PathBuf]) -> Result<Self, String> {
        let fail = |why: String| format!("cannot write {}: {why}", dir.display());
        let absolute = std::path::absolute(dir).map_err(|error| fail(error.to_string()))?;
        let there =
            absolute.ancestors().find_map(|path| fs::canonicalize(path).ok()).unwrap_or_default();
        for input in inputs.iter().filter(|input| input.is_dir()) {
            if fs::canonicalize(input).is_ok_and(|input| there.starts_with(input)) {
                let input = input.display();
                return Err(fail(format!(
                    "inside the input {input}, its pages would be taken for articles"
                )));
            }
        }
        let made = create_directories(dir).map_err(|error| fail(error.to_string()))?;
        refuse_other(&dir.join(LIST), LIST_HEADER)?;
        refuse_other(&dir.join(INDEX), PREAMBLE)?;
        let old = old_pages(dir);
        let list = OutputFile::open(&dir.join(LIST))?;
        let dir = dir.to_owned();
        Ok(PageFiles { dir, old, list, names: Vec::new(), finished: Vec::new(), _made: made })
    }

    /// Begins a page.
    pub(super) fn begin(&mut self, name: String) -> Result<OutputFile, String> {
        debug_assert!(is_page_name(&name), "{name}");
        let path = self.dir.join(&name);
        refuse_other(&path, PREAMBLE)?;
        self.names.push(name);
        OutputFile::open(&path)
    }

    /// Completes a page.
    pub(super) fn end(&mut self, page: OutputFile) -> Result<(), String> {
        self.finished.push(page.close()?);
        Ok(())
    }

    /// Gives all pages their names, deletes those of an earlier run that were not written again,
    /// and returns the number of pages.
    pub(super) fn publish(mut self) -> Result<usize, String> {
        let names: HashSet<&str> = self.names.iter().map(String::as_str).collect();
        let stale: Vec<&str> =
            self.old.iter().map(String::as_str).filter(|old| !names.contains(old)).collect();
        let list = |stale: &[&str]| {
            let names = self.names.iter().map(String::as_str).chain(stale.iter().copied());
            std::iter::once(LIST_HEADER.trim_end()).chain(names).fold(
                String::new(),
                |mut list, line| {
                    list.push_str(line);
                    list.push('\n');
                    list
                },
            )
        };
        self.list.write(&list(&stale))?;
        // The list comes first: it must name every page that gets its name.
        self.finished.insert(0, self.list.close()?);
        publish(&self.finished)?;
        for name in &stale {
            let path = self.dir.join(name);
            fs::remove_file(&path)
                .map_err(|error| format!("cannot delete {}: {error}", path.display()))?;
        }
        if !stale.is_empty() {
            atomic_file::write(&self.dir.join(LIST), &list(&[]))?;
        }
        Ok(self.names.len())
    }
}

/// Returns an error if there is a file, and it does not begin in this way.
fn refuse_other(path: &Path, beginning: &str) -> Result<(), String> {
    if fs::symlink_metadata(path).is_err() || begins(path, beginning) {
        return Ok(());
    }
    Err(format!(
        "cannot write {}: newsprint did not make what is there; choose another directory",
        path.display()
    ))
}

/// Whether a path is a regular file, not a link to one, that begins in this way.
fn begins(path: &Path, beginning: &str) -> bool {
    let mut start = Vec::with_capacity(beginning.len());
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
        && File::open(path)
            .and_then(|file| file.take(beginning.len() as u64).read_to_end(&mut start))
            .is_ok()
        && start == beginning.as_bytes()
}

/// The pages of an earlier run that are still there.
fn old_pages(dir: &Path) -> Vec<String> {
    let list = fs::read_to_string(dir.join(LIST)).unwrap_or_default();
    let names = list.lines().skip(1).filter(|name| is_page_name(name));
    names.filter(|name| begins(&dir.join(name), PREAMBLE)).map(str::to_owned).collect()
}

// ---- Names ----

/// The first page.
const INDEX: &str = "index.html";

/// The name of page `page`, from 1, of a long list.
pub(super) fn list_page(list: &str, page: usize) -> String {
    match page {
        1 => format!("{list}.html"),
        _ => format!("{list}-{page}.html"),
    }
}

/// The list of all clusters.
pub(super) fn all_clusters() -> String {
    "index".to_owned()
}

/// The list of the clusters with an article of this relation.
pub(super) fn clusters_with(relation: Relation) -> String {
    format!("with-{relation}")
}

/// The list of the stories.
pub(super) fn all_stories() -> String {
    "stories".to_owned()
}

/// The list of the passages.
pub(super) fn all_passages() -> String {
    "passages".to_owned()
}

/// A page of a cluster; a large one has several.
pub(super) fn cluster_page(cluster: usize, page: usize) -> String {
    match page {
        1 => format!("cluster-{cluster}.html"),
        _ => format!("cluster-{cluster}-page-{page}.html"),
    }
}

/// The page of a comparison: of the article at this place of its cluster, from 1.
pub(super) fn comparison_page(cluster: usize, place: usize) -> String {
    format!("cluster-{cluster}-article-{place}.html")
}

/// Whether a name is one of those above. None has a separator of paths.
fn is_page_name(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".html") else { return false };
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> =
        stem.split('-').map(|part| if is_number(&part) { "N" } else { part }).collect();
    let form = parts.join("-");
    let list = form.strip_suffix("-N").unwrap_or(&form);
    matches!(form.as_str(), "cluster-N" | "cluster-N-page-N" | "cluster-N-article-N")
        || matches!(list, "index" | "stories" | "passages")
        || list.strip_prefix("with-").is_some_and(|name| name.parse::<Relation>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_again_and_others_are_not() {
        let lists = [all_clusters(), all_stories(), all_passages()];
        let lists = lists.into_iter().chain(Relation::ALL.map(clusters_with));
        let lists = lists.flat_map(|list| [1, 2, 10_000].map(|page| list_page(&list, page)));
        let clusters = [cluster_page(1, 1), cluster_page(7, 12), comparison_page(12, 305)];
        let names: Vec<String> = lists.chain(clusters).collect();
        assert_eq!(names.iter().filter(|name| !is_page_name(name)).count(), 0, "{names:?}");
        for other in [
            "",
            ".html",
            "index",
            "index.htm",
            "index-.html",
            "index-2-3.html",
            "notes.html",
            "cluster.html",
            "cluster-one.html",
            "../index.html",
            "a/index.html",
            "with-love.html",
            "with-copy-2-2.html",
            "cluster-1-page-2.html.html",
            "Index.html",
            "cluster-1-article-2 .html",
            "newsprint-pages.txt",
        ] {
            assert!(!is_page_name(other), "{other}");
        }
    }
}
