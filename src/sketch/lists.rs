//! One short list per article, all in one allocation.

/// The lists of many articles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lists<T> {
    items: Vec<T>,
    /// The end of each list.
    ends: Vec<usize>,
}

impl<T: Copy> Lists<T> {
    /// Concatenates lists.
    pub(crate) fn of(lists: Vec<Box<[T]>>) -> Self {
        let mut items = Vec::with_capacity(lists.iter().map(|list| list.len()).sum());
        let ends = lists.into_iter().map(|list| {
            items.extend_from_slice(&list);
            items.len()
        });
        Lists { ends: ends.collect(), items }
    }

    /// Appends other lists.
    pub(crate) fn append(&mut self, others: &Lists<T>) {
        let before = self.items.len();
        self.items.extend_from_slice(&others.items);
        self.ends.extend(others.ends.iter().map(|end| before + end));
    }

    /// List `i`.
    pub(crate) fn get(&self, i: usize) -> &[T] {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.items[start..self.ends[i]]
    }
}
