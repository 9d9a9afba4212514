//! Random scripts on a disk that fails or loses power, and with processes that are killed.
//!
//! Afterwards every acknowledged commit is there as a whole; of one that was not acknowledged,
//! everything or nothing is there.

use super::*;
use crate::index::store::faulty::Fault;
use crate::index::verify::verify_in;
use crate::progress::Progress;

/// Scripts, and for each as many faults.
const SCRIPTS: u64 = 40;
const FAULTS: u64 = 26;
/// Steps of a script.
const STEPS: u64 = 70;

fn steps(seed: u64) -> impl Iterator<Item = Step> {
    (0..STEPS).map(move |step| Step::of(mix(seed << 32 | step)))
}

/// How fast the disk is in a script.
fn background(script: u64) -> Background {
    if script % 4 >= 2 { Background::Slow } else { Background::Settled }
}

/// Plays a script as far as the index stays open; returns how many steps failed.
fn play_all(played: &mut Played, seed: u64) -> u64 {
    steps(seed).filter(|&step| played.play(step).is_err()).count() as u64
}

/// Goes on for a while, commits, and checks that it is there after a loss of power.
fn goes_on(mut played: Played, seed: u64) {
    for step in steps(seed).take(12).chain([Step::Commit]) {
        played.play(step).expect("nothing fails any more");
    }
    played.check();
    let disk = played.disk.crash(seed);
    let durable = contents(&Snapshot::open_in(&disk, None).expect("opens"));
    assert!(are_contents(&played.now, &durable));
    assert_eq!(verify_in(&disk, &Progress::ignore), Ok(Vec::new()));
}

#[test]
fn whatever_fails_what_is_acknowledged_is_there_and_the_rest_is_not_there_in_part() {
    let (mut failed, mut doubtful, mut closed) = (0, 0, 0);
    for script in 0..SCRIPTS {
        let keep_texts = script.is_multiple_of(2);
        let background = background(script);
        let mut whole = Played::with(keep_texts, background);
        let first = whole.disk.operations();
        assert_eq!(play_all(&mut whole, script), 0);
        let last = whole.disk.operations();
        for fault in 0..FAULTS {
            let seed = script * FAULTS + fault;
            let dice = mix(seed);
            let kind = [Fault::Short, Fault::Full, Fault::Io][(dice >> 8) as usize % 3];
            let mut played = Played::with(keep_texts, background);
            let at = first + mix(dice) % (last - first);
            played.disk.fail(at, dice & 1 == 1, kind, seed);
            failed += u64::from(play_all(&mut played, script) > 0);
            doubtful += u64::from(played.durable.len() > 1);
            closed += u64::from(played.index.is_none());
            played.disk.mend();
            let disk = match dice >> 16 & 3 {
                0 if played.index.is_some() => {
                    goes_on(played, seed);
                    continue;
                }
                0 | 1 => played.disk.kill(),
                2 => played.disk.crash(seed),
                _ => played.disk.kill().crash(seed),
            };
            assert_eq!(verify_in(&disk, &Progress::ignore), Ok(Vec::new()), "{seed}");
            goes_on(played.open(disk).unwrap_or_else(|error| panic!("{seed}: {error}")), seed);
        }
    }
    // A fault that hits a merge or the removal of old files does not fail a step.
    assert!(
        failed > SCRIPTS * FAULTS / 2 && doubtful > 200 && closed > 10,
        "{failed} {doubtful} {closed}"
    );
}

#[test]
fn a_loss_of_power_at_any_moment_leaves_what_was_acknowledged() {
    for script in SCRIPTS..SCRIPTS + 12 {
        let mut played = Played::with(script.is_multiple_of(2), background(script));
        for (step, seed) in steps(script).zip(script * STEPS..) {
            played.play(step).expect("nothing fails");
            // After the step, and after an opening that died before it did anything.
            let disk =
                if seed.is_multiple_of(3) { played.disk.kill() } else { played.disk.crash(seed) };
            let index = open(&disk).expect("opens");
            are_seen(&index.snapshot(), &played.durable);
            let again = disk.crash(seed + 1);
            are_seen(&Snapshot::open_in(&again, None).expect("opens"), &played.durable);
        }
    }
}

#[test]
fn a_manifest_whose_name_is_not_durable_does_not_cost_the_one_before() {
    // The process is killed after each operation of a commit that moves articles into a segment;
    // the index is opened, and then the power fails.
    for at in 0..40 {
        for seed in 0..20 {
            let mut played = Played::new(false);
            for id in 0..MEMTABLE.into() {
                played.play(Step::Insert { id, text: id as usize, dated: true }).expect("inserts");
            }
            played.play(Step::Commit).expect("commits");
            played.disk.fail(played.disk.operations() + at, true, Fault::Io, seed);
            let _ = played.play(Step::Insert { id: 20, text: 7, dated: true });
            let _ = played.play(Step::Commit);
            let killed = played.disk.kill();
            let opened = open(&killed).expect("opens");
            are_seen(&opened.snapshot(), &played.durable);
            let disk = killed.crash(seed);
            are_seen(&Snapshot::open_in(&disk, None).expect("opens"), &played.durable);
        }
    }
}
