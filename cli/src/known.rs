//! The statements of a workspace with what the cache knows of them: no database is asked.

use hathi_query_cache::{Description, SourcePlace};

use crate::failure::Failure;
use crate::output::{end_progress, progress, say};
use crate::prepare::places;
use crate::project::{Project, current_folder};
use crate::scan::Sources;
use crate::workspace::{Member, members};

/// A statement, where it stands, and what is known of it.
#[derive(Debug)]
pub(crate) struct Known {
    /// Where it begins.
    pub(crate) place: SourcePlace,
    /// As it is written.
    pub(crate) text: String,
    /// What the cache says.
    pub(crate) description: Description,
}

/// The statements of the projects in and below the current folder.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    /// Those that the cache knows, in the order of the files.
    pub(crate) known: Vec<Known>,
    /// How many it does not know, or cannot be read.
    pub(crate) missing: usize,
}

impl Statements {
    /// Reads the sources and the cache, and says what is missing in it.
    pub(crate) fn read() -> Result<Self, Failure> {
        let here = current_folder()?;
        let members = members(&here)?;
        if !members.iter().any(Member::uses_hathi) {
            return Err(Failure::no_hathi());
        }
        progress("reading the sources");
        let sources = Sources::read(&members);
        end_progress();
        let mut statements = Self::default();
        for place in places::around(&here, &members) {
            let project = Project::at(place.home.clone(), &place.start)?;
            let found = sources.statements(&place.members, &here);
            for mistake in &found.mistakes {
                say(mistake);
            }
            statements.missing += found.mistakes.len();
            for statement in found.statements {
                let place = statement.place();
                match project.store.get(&statement.template)? {
                    Some(description) => statements.known.push(Known {
                        text: statement.template.text().to_owned(),
                        place,
                        description,
                    }),
                    None => statements.misses(&place),
                }
            }
        }
        Ok(statements)
    }

    fn misses(&mut self, place: &SourcePlace) {
        self.missing += 1;
        let (file, line, column) = (&place.file, place.line, place.column);
        say(format_args!(
            "error: the statement at {file}:{line}:{column} is not in the cache\n       help: write it: cargo hathi prepare"
        ));
    }
}
