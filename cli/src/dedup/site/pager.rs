//! Long lists on several pages.

use super::files::list_page;
use super::html::{link, navigation};

/// How many items stand on a page, and how many there are.
#[derive(Clone, Copy)]
pub(super) struct Pager {
    pub(super) per_page: usize,
    pub(super) items: usize,
}

impl Pager {
    /// The number of pages, at least one.
    pub(super) fn pages(self) -> usize {
        self.items.div_ceil(self.per_page).max(1)
    }

    /// The page, from 1, of an item, from 0.
    pub(super) fn page_of(self, item: usize) -> usize {
        item / self.per_page + 1
    }

    /// The items, from 0, of a page, from 1.
    pub(super) fn items_of(self, page: usize) -> std::ops::Range<usize> {
        (page - 1) * self.per_page..(page * self.per_page).min(self.items)
    }

    /// Links to the other pages: the first, the last, and those next to this one. None if there is
    /// one page.
    pub(super) fn links(self, here: usize, name: impl Fn(usize) -> String) -> String {
        let last = self.pages();
        if last == 1 {
            return String::new();
        }
        let mut links = Vec::new();
        if here > 1 {
            links
                .push(format!("<a rel=\"prev\" href=\"{}\">← Previous page</a>\n", name(here - 1)));
        }
        let mut before = 0;
        for page in (1..=last).filter(|&page| page == 1 || page == last || page.abs_diff(here) < 3)
        {
            if page > before + 1 {
                links.push("<span>…</span>\n".to_owned());
            }
            before = page;
            links.push(match page == here {
                true => format!("<strong aria-current=\"page\">{page}</strong>\n"),
                false => link(&name(page), &page.to_string()),
            });
        }
        if here < last {
            links.push(format!("<a rel=\"next\" href=\"{}\">Next page →</a>\n", name(here + 1)));
        }
        navigation("Pages", &links)
    }

    /// The same for a list whose pages are named by [`list_page`].
    pub(super) fn list_links(self, here: usize, list: &str) -> String {
        self.links(here, |page| list_page(list, page))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_on_one_page() {
        for items in [0, 1, 9, 10, 11, 35] {
            let pager = Pager { per_page: 10, items };
            let all: Vec<usize> =
                (1..=pager.pages()).flat_map(|page| pager.items_of(page)).collect();
            assert_eq!(all, (0..items).collect::<Vec<_>>());
            assert!(all.iter().all(|&item| pager.items_of(pager.page_of(item)).contains(&item)));
        }
    }

    #[test]
    fn the_first_the_last_and_the_next_pages_are_linked() {
        let pager = Pager { per_page: 10, items: 100 };
        let links = pager.list_links(6, "index");
        let linked: Vec<&str> =
            links.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let pages = [5, 1, 4, 5, 7, 8, 10, 7].map(|page| list_page("index", page));
        assert_eq!(linked, pages);
        assert_eq!(Pager { per_page: 10, items: 10 }.list_links(1, "index"), "");
    }
}
