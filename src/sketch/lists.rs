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

    /// Makes room for so many items.
    pub(crate) fn reserve(&mut self, items: usize) {
        self.items.reserve_exact(items);
    }

    /// Appends a list.
    pub(crate) fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.items.extend(list);
        self.ends.push(self.items.len());
    }

    /// The items of all lists.
    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }

    /// How many lists there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All lists.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        let (mut rest, mut start) = (&mut self.items[..], 0);
        self.ends.iter().map(move |&end| {
            let (list, after) = std::mem::take(&mut rest).split_at_mut(end - start);
            (rest, start) = (after, end);
            list
        })
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
