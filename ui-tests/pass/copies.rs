//! Copies: as constants, with structs of the user, and named.

use hathi::{Bind, CopyIn, CopyOut, copy_in, copy_out, sql};

struct Hand<'a> {
    name: &'a str,
    nick: Option<String>,
    pay: (),
}

struct Paid {
    name: String,
    nick: String,
}

const CREW: CopyIn<(sql::Text, sql::Nullable<sql::Text>)> = copy_in!("crew (name, nick)");
const VOYAGES: CopyIn<(sql::Int4, sql::Text)> = copy_in!("public.voyage (captain, \"type\");");
const NAMES: CopyOut<(i32, String)> = copy_out!("SELECT id, name FROM crew -- all of them" as tuple);
const NICKS: CopyOut<Option<String>> = copy_out!("crew (nick)" as scalar);

copy_in! {
    /// Who signs on.
    pub fn sign_on(): "crew (name, nick)"
}

copy_in! { fn paid() -> Paid: "crew (name, nick)" }

copy_in! {
    #[cfg(not(all()))]
    fn left_out() -> Paid: "crew (name, nick)"
}

copy_out! {
    /// The voyages.
    pub(crate) fn voyages(): "voyage (id, ports)"
}

fn sent<P>(_: CopyIn<P>, _: &impl Bind<P>) {}

fn main() {
    assert_eq!(CREW.target(), "crew (name, nick)");
    assert_eq!(VOYAGES.target(), "public.voyage (captain, \"type\")");
    assert_eq!(NAMES.sql(), "SELECT id, name FROM crew");
    assert_eq!(voyages().sql(), "voyage (id, ports)");
    sent(CREW, &("Ada", None::<&str>));
    sent(CREW, &(String::from("Ada"), "Countess"));
    let hand = Hand { name: "Ada", nick: None, pay: () };
    sent(copy_in!("crew (name, nick)" as Hand<'_>), &hand);
    // One struct, two tables.
    sent(copy_in!("crew (nick, name)" as Hand<'_>), &&hand);
    sent(sign_on(), &SignOn { name: "Ada".to_owned(), nick: None });
    sent(paid(), &Paid { name: String::new(), nick: String::new() });
    let _: CopyOut<Voyages> = voyages();
    let _ = copy_out!("SELECT id FROM crew");
    let _ = |voyage: Voyages| (voyage.id, voyage.ports);
    let _ = (NICKS, hand.pay);
}
