//! Expansions name nothing that the prelude brings.

#![no_implicit_prelude]

struct Hand {
    id: i32,
    nick: ::std::option::Option<::std::string::String>,
}

const BY_NAME: ::hathi::Query<(::hathi::sql::Text,), Hand> =
    ::hathi::query!("SELECT id, nick FROM crew WHERE name = $name" as Hand);

::hathi::query! {
    fn by_id(id): "SELECT name, nick, joined FROM crew WHERE id = $id"
}

::hathi::command! {
    fn rename(id, name): "UPDATE crew SET name = $name WHERE id = $id"
}

::hathi::copy_in! {
    fn sign_on(): "crew (name, nick)"
}

struct Nick {
    name: ::std::string::String,
    nick: ::std::option::Option<::std::string::String>,
}

// What the prelude and the primitive types are called means something else here.
mod shadowed {
    #[allow(non_camel_case_types, dead_code, reason = "they shadow")]
    struct i32;
    #[allow(dead_code, reason = "they shadow")]
    struct Option;
    #[allow(dead_code, reason = "they shadow")]
    struct String;

    pub fn query() {
        let _ = ::hathi::query!("SELECT id, nick FROM crew");
        let _ = ::hathi::query!("SELECT id, nick FROM crew" as tuple);
        let _ = ::hathi::copy_out!("crew (id, nick)");
        let _ = ::hathi::copy_in!("crew (name, nick)");
    }
}

fn main() {
    let id = 1;
    let _ = ::hathi::query!("SELECT id, name, joined FROM crew WHERE id = {id}");
    let _ = ::hathi::query!("SELECT ports FROM voyage" as scalar);
    let _ = ::hathi::bind!(BY_NAME; name = "Ada");
    let _ = by_id(id);
    let _ = rename(id, "Ada");
    let _ = (sign_on(), ::hathi::copy_in!("crew (nick, name)" as Nick));
    let _ = |nick: Nick| (nick.name, nick.nick);
    shadowed::query();
    let hand = Hand { id, nick: ::std::option::Option::None };
    let _ = (hand.id, hand.nick);
}
