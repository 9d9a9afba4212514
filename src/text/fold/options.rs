//! The options of folding.

/// The version of folding. It is raised whenever some text folds differently than before, so that
/// what was made by another version is not taken for the same. Version 2 made the same letters in
/// other code points one.
pub(crate) const FOLDING_VERSION: u32 = 2;

/// How text is folded before it is compared.
///
/// The default folds everything that never distinguishes two words, the same letters in other code
/// points included: Persian yeh and Arabic yeh, digits of any script, s with cedilla and with comma
/// below, "新 华 社" and "新华社". The options, off by default, are for text set in narrow columns
/// and for languages in which a copy may be spelled without the letters that other keyboards lack.
///
/// ```
/// use newsprint::parts::Folding;
///
/// assert_eq!(Folding::default().fold("“Straße” – ＡＢＣ ٢٠٢٧"), "\"strasse\" - abc 2027");
/// assert_eq!(Folding::default().fold("علی"), Folding::default().fold("علي"));
/// let column = Folding::default().join_hyphenated(true);
/// assert_eq!(column.fold("the govern-\nment said"), "the government said");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct Folding {
    /// Joins a word divided at the end of a line ("govern-⏎ment"), as in scanned columns. Off by
    /// default: on web text, where lines do not end inside words, it would join true compounds.
    pub join_hyphenated: bool,
    /// Makes the Turkish dotless i (ı) and dotted capital I (İ) a plain i. Off by default: in
    /// Turkish they distinguish words; turn it on to find copies typed without them.
    ///
    /// ```
    /// # use newsprint::parts::Folding;
    /// let turkish = Folding::default().plain_i(true);
    /// assert_eq!(turkish.fold("İstanbul'da ışık"), "istanbul'da işik");
    /// ```
    pub plain_i: bool,
    /// Spells umlauts as two letters (ä as ae, ö as oe, ü as ue), as German does where they cannot
    /// be typed. Off by default: other languages replace them differently. Text that is not ASCII
    /// is folded more slowly with it.
    ///
    /// ```
    /// # use newsprint::parts::Folding;
    /// let german = Folding::default().spell_umlauts(true);
    /// assert_eq!(german.fold("Müller grüßt Köln"), "mueller gruesst koeln");
    /// ```
    pub spell_umlauts: bool,
}

impl Folding {
    /// The same folding, which [joins hyphenated words](field@Self::join_hyphenated) or does not.
    #[must_use]
    pub fn join_hyphenated(self, join_hyphenated: bool) -> Self {
        Folding { join_hyphenated, ..self }
    }

    /// The same folding, with a [plain i](field@Self::plain_i) for the Turkish ones or not.
    #[must_use]
    pub fn plain_i(self, plain_i: bool) -> Self {
        Folding { plain_i, ..self }
    }

    /// The same folding, which [spells umlauts](field@Self::spell_umlauts) as two letters or does
    /// not.
    #[must_use]
    pub fn spell_umlauts(self, spell_umlauts: bool) -> Self {
        Folding { spell_umlauts, ..self }
    }

    /// The options, each with a description, in the order of their bits in stored data.
    fn options(&mut self) -> [(&'static str, &mut bool); 3] {
        [
            ("joining of hyphenated words", &mut self.join_hyphenated),
            ("a plain i for the Turkish ones", &mut self.plain_i),
            ("spelling of umlauts", &mut self.spell_umlauts),
        ]
    }

    /// The options as bits.
    pub(crate) fn bits(mut self) -> u8 {
        self.options().iter().rev().fold(0, |bits, (_, on)| bits << 1 | u8::from(**on))
    }

    /// The options of some [bits](Self::bits); `None` if a bit has no option.
    pub(crate) fn of_bits(bits: u8) -> Option<Self> {
        let mut folding = Folding::default();
        for ((_, on), at) in folding.options().into_iter().zip(0..) {
            *on = bits >> at & 1 == 1;
        }
        (folding.bits() == bits).then_some(folding)
    }

    /// The first option in which two differ, with its value in each.
    pub(crate) fn difference(mut self, mut other: Self) -> Option<(&'static str, bool, bool)> {
        let mut options = self.options().into_iter().zip(other.options());
        options.find_map(|((what, a), (_, b))| (a != b).then_some((what, *a, *b)))
    }
}
