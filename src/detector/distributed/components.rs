//! Connected components of articles, by union-find with path halving (Tarjan and van Leeuwen 1984).
//!
//! They are found on one machine, the driver of the engine, which needs 30 to 50 bytes for each
//! article that is connected to another: of a thousand million articles half of which are copies,
//! 15 to 25 GB. The edges themselves pass by and are not held.

use std::collections::HashMap;

/// Articles and which of them are connected.
#[derive(Debug, Default)]
pub(super) struct Components {
    places: HashMap<u64, u32>,
    numbers: Vec<u64>,
    parents: Vec<u32>,
}

impl Components {
    /// Connects two articles, or adds one.
    pub(super) fn connect(&mut self, a: u64, b: u64) {
        let (a, b) = (self.place(a), self.place(b));
        let (a, b) = (self.root(a), self.root(b));
        // The root of a component is the article of the smallest number.
        let (low, high) = match self.numbers[a as usize] < self.numbers[b as usize] {
            true => (a, b),
            false => (b, a),
        };
        self.parents[high as usize] = low;
    }

    fn place(&mut self, number: u64) -> u32 {
        let next = self.numbers.len() as u32;
        let place = *self.places.entry(number).or_insert(next);
        if place == next {
            self.numbers.push(number);
            self.parents.push(place);
        }
        place
    }

    fn root(&mut self, mut place: u32) -> u32 {
        while self.parents[place as usize] != place {
            let above = self.parents[self.parents[place as usize] as usize];
            self.parents[place as usize] = above;
            place = above;
        }
        place
    }

    /// How many articles each component has, by its smallest number.
    pub(super) fn sizes(&mut self) -> HashMap<u64, usize> {
        let mut sizes = HashMap::new();
        self.for_each(|_, group| *sizes.entry(group).or_default() += 1);
        sizes
    }

    /// Calls `f` with each article and the smallest number of its component.
    pub(super) fn for_each(&mut self, mut f: impl FnMut(u64, u64)) {
        for place in 0..self.numbers.len() as u32 {
            let root = self.root(place);
            f(self.numbers[place as usize], self.numbers[root as usize]);
        }
    }
}
