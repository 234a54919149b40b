//! Two games that differ only in what one viewer may not know.

use avalon::deal::{Deal, deal};
use avalon::event::{Card, Draft, Event, Vote};
use avalon::id::Seat;
use avalon::play::{Moves, Turn, Uniform, next_draft, turn};
use avalon::profile::RuleProfile;
use avalon::role::{Role, Side};
use avalon::rules;
use avalon::view::{Viewer, view_event, view_state};

use super::{Table, no_limits, numbers, seed};

/// Two games in step, the viewer of both, and a source of numbers for the choices.
pub struct Twins<F> {
    pub left: Table,
    pub right: Table,
    seat: Option<Seat>,
    pick: F,
    last: bool,
}

impl<F: FnMut(usize) -> usize> Twins<F> {
    /// Twins whose deals differ, in what the player at `seat` (none: the audience) is not told.
    /// None when the rules tell that player everything.
    pub fn new(
        profile: &RuleProfile,
        number: u64,
        seat: Option<Seat>,
        mut pick: F,
    ) -> Option<Self> {
        let seed = seed(number);
        let left = deal(&seed, profile);
        let told = |roles: &[Role]| {
            let seat = seat?;
            let role = roles[usize::from(seat)];
            Some((role, rules::knowledge(roles, seat, profile.lancelot.variant)))
        };
        for _ in 0..300 {
            let mut roles = left.roles.clone();
            for last in (1..roles.len()).rev() {
                roles.swap(last, pick(last + 1));
            }
            if roles == left.roles || told(&roles) != told(&left.roles) {
                continue;
            }
            let mut deck = left.loyalty_deck.clone();
            if let Some(deck) = deck.as_mut().filter(|_| profile.lancelot.variant == 1) {
                let drawn = usize::from(rules::QUESTS + 1 - profile.lancelot.first_quest);
                deck[drawn.min(5)..].reverse();
            }
            let right = Deal { roles, first_leader: left.first_leader, loyalty_deck: deck };
            return Some(Self {
                left: Table::with_deal(profile, &seed, left),
                right: Table::with_deal(profile, &seed, right),
                seat,
                pick,
                last: false,
            });
        }
        None
    }

    pub fn viewer(&self) -> Viewer {
        self.seat.map_or(Viewer::Audience, |seat| {
            Viewer::Seat(self.left.state.player(seat).unwrap().clone())
        })
    }

    /// What the viewer sees is the same in both.
    pub fn assert_same(&self) {
        let viewer = self.viewer();
        let state =
            |table: &Table| serde_json::to_value(view_state(&table.state, &viewer)).unwrap();
        assert_eq!(state(&self.left), state(&self.right), "{viewer:?}");
        let event = |table: &Table| {
            serde_json::to_value(view_event(&table.state, table.log.last().unwrap(), &viewer))
                .unwrap()
        };
        assert_eq!(event(&self.left), event(&self.right), "{viewer:?}");
    }

    /// Plays the next event in both games: what is public is the same, what is secret is not.
    /// False when the games are over, or when what comes next tells them apart by the rules.
    pub fn step(&mut self) -> bool {
        if self.last {
            return false;
        }
        let due = turn(&self.left.state);
        if due != turn(&self.right.state) {
            // Only the end may come in one of them, by a shot that hit in one and not the other.
            assert!(self.left.state.assassination.is_some());
            return false;
        }
        let drafts = match due {
            Turn::Vote { seats } => {
                let seat = seats[(self.pick)(seats.len())];
                Some((self.vote(seat), self.vote(seat)))
            }
            Turn::PlayCard { seats } => self.cards(&seats),
            Turn::UseExcalibur { holder } => Some(self.sword(holder)),
            Turn::UseLady { holder } => self.lady(holder),
            Turn::StartAssassination | Turn::Shoot { .. } => self.shot(),
            Turn::End(_) | Turn::Over => None,
            _ => self.public(),
        };
        let Some((left, right)) = drafts else {
            return false;
        };
        self.left.write(left);
        self.right.write(right);
        true
    }

    /// A choice that everybody sees is the same in both games.
    fn public(&mut self) -> Option<(Draft, Draft)> {
        let choices = (self.pick)(1 << 30) as u64;
        let draft = |table: &Table| {
            let mut policy = Uniform(numbers(choices));
            let deal = &table.deal;
            loop {
                let draft = next_draft(&table.state, deal, &mut policy, 0, no_limits())?;
                // Whether to shoot early is decided in `shot` only.
                if !matches!(draft.event, Event::AssassinationStarted(_)) {
                    return Some(draft);
                }
            }
        };
        Some((draft(&self.left)?, draft(&self.right)?))
    }

    /// A vote will be public, so it is the same in both games. That it stays hidden until then
    /// has a test of its own.
    fn vote(&mut self, seat: Seat) -> Draft {
        let moves = Moves::new(&self.left.state);
        let mut source = numbers(u64::from(self.left.state.proposals_closed));
        let vote = (0..=seat).map(|_| source(2)).last().unwrap();
        let vote = if vote == 0 { Vote::Approve } else { Vote::Reject };
        moves.vote(seat, vote)
    }

    /// Cards of the whole team, of which the same number fails in both games.
    fn cards(&mut self, missing: &[Seat]) -> Option<(Draft, Draft)> {
        let seat = missing[0];
        let team = self.left.state.current_quest().unwrap().team.clone();
        let bounds = |table: &Table| {
            let evil = |seat: &&Seat| table.state.side(**seat) == Some(Side::Evil);
            let must = team.iter().filter(|seat| table.state.must_fail(**seat)).count();
            (must, team.iter().filter(evil).count())
        };
        let (left, right) = (bounds(&self.left), bounds(&self.right));
        let (least, most) = (left.0.max(right.0), left.1.min(right.1));
        if least > most {
            return None;
        }
        let number = usize::from(self.left.state.quest) * 7 % (most - least + 1) + least;
        let plan = |table: &Table| fails(table, &team, number, self.seat);
        let card = |failing: &[Seat]| {
            if failing.contains(&seat) { Card::Fail } else { Card::Success }
        };
        let (left, right) = (plan(&self.left), plan(&self.right));
        if self.seat == Some(seat) && card(&left) != card(&right) {
            return None;
        }
        Some((
            Moves::new(&self.left.state).play_card(seat, card(&left)),
            Moves::new(&self.right.state).play_card(seat, card(&right)),
        ))
    }

    fn sword(&mut self, holder: Seat) -> (Draft, Draft) {
        let (left, right) = (&self.left.state, &self.right.state);
        let quests = [left.current_quest().unwrap(), right.current_quest().unwrap()];
        let team = &quests[0].team;
        let card = |at: usize, seat: Seat| quests[at].effective_card(seat);
        let (alike, apart): (Vec<Seat>, Vec<Seat>) = team
            .iter()
            .copied()
            .filter(|seat| *seat != holder)
            .partition(|seat| card(0, *seat) == card(1, *seat));
        // A switch of cards that differ is hidden until the fails are counted, so the games end
        // with it; only the holder sees the card.
        let hidden = self.seat != Some(holder) && !apart.is_empty();
        let (alike, last) = if hidden { (apart, true) } else { (alike, false) };
        let target = alike.get((self.pick)(alike.len() + 1)).copied();
        self.last = last && target.is_some();
        let draft = |table: &Table| {
            let mut draft = Moves::new(&table.state).use_excalibur(holder, target);
            if let (Event::ExcaliburUsed(used), Some(target)) = (&mut draft.event, target) {
                used.card = table.state.current_quest().unwrap().effective_card(target);
            }
            draft
        };
        (draft(&self.left), draft(&self.right))
    }

    fn lady(&mut self, holder: Seat) -> Option<(Draft, Draft)> {
        let held = &self.left.state.lady.as_ref().unwrap().holders;
        let own = self.seat == Some(holder);
        let alike = |seat: &Seat| self.left.state.side(*seat) == self.right.state.side(*seat);
        let fit: Vec<Seat> = (0..self.left.state.players())
            .filter(|seat| !held.contains(seat) && (!own || alike(seat)))
            .collect();
        let target = *fit.get((self.pick)(fit.len()))?;
        let draft = |table: &Table| Moves::new(&table.state).use_lady(holder, target);
        Some((draft(&self.left), draft(&self.right)))
    }

    /// Who shoots is public, and so must be the same; whom he may shoot is not.
    fn shot(&mut self) -> Option<(Draft, Draft)> {
        let (left, right) = (&self.left.state, &self.right.state);
        let assassin = left.assassin()?;
        let known = self.seat == Some(assassin)
            && left.assassination_candidates() != right.assassination_candidates();
        if right.assassin() != Some(assassin) || known {
            return None;
        }
        if left.assassination.is_none() {
            return Some((
                Moves::new(left).start_assassination(),
                Moves::new(right).start_assassination(),
            ));
        }
        let common: Vec<Seat> = left
            .assassination_candidates()
            .into_iter()
            .filter(|seat| right.assassination_candidates().contains(seat))
            .collect();
        let target = *common.get((self.pick)(common.len()))?;
        Some((Moves::new(left).shoot(assassin, target), Moves::new(right).shoot(assassin, target)))
    }
}

/// Which of the team fail: those who must, the viewer as far as that goes, then by seat.
fn fails(table: &Table, team: &[Seat], number: usize, viewer: Option<Seat>) -> Vec<Seat> {
    let mut evil: Vec<Seat> =
        team.iter().copied().filter(|seat| table.state.side(*seat) == Some(Side::Evil)).collect();
    evil.sort_by_key(|seat| (!table.state.must_fail(*seat), viewer != Some(*seat), *seat));
    evil.truncate(number);
    evil
}
