//! The HTML pages: lists of the clusters, stories and passages, a page for each cluster, and pages
//! that show an article beside the representative of its cluster.
//!
//! Every cluster and every article in one is listed. The number of pages for single clusters and
//! comparisons is limited; a list says what has none. Pages are written one by one, so memory does
//! not grow with their size, and the time is linear in what is shown.

mod cluster_page;
mod comparison_page;
mod contents;
mod files;
mod html;
mod links;
mod lists;
mod pager;
mod passage_list;
mod plan;
mod story_list;
mod timeline;

use std::path::{Path, PathBuf};

use newsprint::{Clusters, Detector, SharedPassages};
use rayon::prelude::*;

use super::stored_articles::Articles;
use crate::input::is_dash;
use comparison_page::Job;
use contents::Contents;
use files::PageFiles;

/// The number of comparisons that are made at a time, on all cores, and held in memory.
const BLOCK_PAGES: usize = 64;

/// A directory of pages that are being written.
pub(crate) struct Site {
    files: PageFiles,
    /// The most pages of clusters and comparisons.
    pages: usize,
}

impl Site {
    /// Creates the directory and begins its first file, or returns an error.
    pub(crate) fn open(dir: &Path, inputs: &[PathBuf], pages: usize) -> Result<Self, String> {
        if is_dash(dir) {
            return Err("--html - is no directory: pages cannot go to standard output".to_owned());
        }
        Ok(Site { files: PageFiles::open(dir, inputs)?, pages })
    }

    /// Writes all pages, and returns how many there are. The files get their names when all are
    /// written.
    pub(crate) fn write(
        self,
        articles: &Articles,
        found: &Clusters,
        passages: Option<&SharedPassages>,
        detector: &Detector,
    ) -> Result<usize, String> {
        let mut files = self.files;
        let contents = Contents::of(articles, found, passages, detector, self.pages)?;
        lists::write(&mut files, &contents)?;
        story_list::write(&mut files, &contents)?;
        passage_list::write(&mut files, &contents)?;
        let mut jobs = Vec::new();
        for cluster in contents.clusters.iter().filter(|cluster| cluster.comparisons.is_some()) {
            let entries = cluster.in_order(articles);
            cluster_page::write(&mut files, &contents, cluster, &entries)?;
            jobs.extend(entries.iter().filter_map(|entry| {
                let (link, number) = entry.link.zip(entry.comparison)?;
                Some(Job { cluster, member: entry.article, link, number })
            }));
        }
        for block in jobs.chunks(BLOCK_PAGES) {
            let pages: Vec<String> =
                block.par_iter().map(|job| job.html(&contents, detector)).collect();
            for (job, html) in block.iter().zip(pages) {
                let mut page = files.begin(job.page())?;
                page.write(&html)?;
                files.end(page)?;
            }
        }
        articles.check()?;
        files.publish()
    }
}
