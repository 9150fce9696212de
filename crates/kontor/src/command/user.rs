//! `kontor user`: accounts of the maker's people, for whoever runs the server.
//!
//! The first account comes from here, and the way back in for somebody who has lost everything.
//! Everything else belongs to the staff area, where it takes two people.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use kontor_base::{Clock, Language, Random};
use kontor_domain::staff::{AccountState, Assignment};
use kontor_shop::staff::{AddCommand, ChangeCommand, Refusal, accounts, add, change, issue_code};
use kontor_shop::{Failure, Shop};

use super::CommandError;
use crate::config::Config;
use crate::server::{existing_database, open, policy};

#[derive(Debug, Subcommand)]
pub(super) enum Args {
    /// Make an account; prints the code with which its owner comes in for the first time.
    ///
    /// The code is printed once and works once, at /admin/sign-in; then a password is set. Roles are
    /// owner, market_manager, clearance_officer, catalogue_editor, warehouse, support,
    /// release_manager and reader.
    Add {
        /// The address to sign in with.
        email: String,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// What they may do and where, such as market_manager@us,de or owner@*. May be repeated.
        #[arg(long = "role", value_name = "ROLE@MARKETS", required = true)]
        roles: Vec<Assignment>,
        /// The language of their pages: en or de.
        #[arg(long, default_value = "en")]
        language: Language,
    },
    /// List the accounts.
    List {
        /// One line of JSON instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Give out a new code for somebody who has lost theirs; older codes stop working.
    Code {
        /// The address of the account.
        email: String,
    },
    /// Replace the roles of an account.
    Roles {
        /// The address of the account.
        email: String,
        /// What they may do and where from now on. May be repeated.
        #[arg(long = "role", value_name = "ROLE@MARKETS", required = true)]
        roles: Vec<Assignment>,
    },
    /// Lock an account: its sessions end at once and nobody comes in with it.
    Lock {
        /// The address of the account.
        email: String,
    },
    /// Unlock an account.
    Unlock {
        /// The address of the account.
        email: String,
    },
}

pub(super) async fn run(args: Args, config: &Config) -> Result<ExitCode, CommandError> {
    existing_database(config)?;
    let (db, key) = open(config)?;
    let shop = Shop::open(db, Clock::System, Random::System, &key, policy(config)).await?;
    let shop = Arc::new(shop);
    let done = carry_out(&shop, args).await;
    shop.db.close().await;
    match done {
        Ok(words) => {
            println!("{words}");
            Ok(ExitCode::SUCCESS)
        }
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::KeyReused) => Err(CommandError::Other("idempotency.key_reused".to_owned())),
        Err(Failure::Refused(refusal)) => Err(CommandError::Other(refusal.to_string())),
    }
}

async fn carry_out(shop: &Arc<Shop>, args: Args) -> Result<String, Failure<Refusal>> {
    let lock = |email, state| ChangeCommand { email, held: None, state: Some(state) };
    match args {
        Args::Add { email, name, roles, language } => {
            let added = add(shop, AddCommand { name, email, language, held: roles }).await?;
            Ok(first_code(added.account.email.as_str(), &added.code))
        }
        Args::Code { email } => {
            let given = issue_code(shop, email).await?;
            Ok(first_code(given.account.email.as_str(), &given.code))
        }
        Args::Roles { email, roles } => {
            let command = ChangeCommand { email, held: Some(roles), state: None };
            let account = change(shop, command).await?;
            Ok(format!("{} has new roles", account.email.as_str()))
        }
        Args::Lock { email } => {
            let account = change(shop, lock(email, AccountState::Locked)).await?;
            Ok(format!("{} is locked", account.email.as_str()))
        }
        Args::Unlock { email } => {
            let account = change(shop, lock(email, AccountState::Active)).await?;
            Ok(format!("{} is unlocked", account.email.as_str()))
        }
        Args::List { json } => {
            let all = accounts(shop).await?;
            let rows = all.iter().map(|account| {
                let held: Vec<String> = account.held.iter().map(ToString::to_string).collect();
                (
                    account.email.as_str().to_owned(),
                    account.name.to_string(),
                    account.state.word(),
                    held,
                )
            });
            if json {
                let list: Vec<_> = rows
                    .map(|(email, name, state, held)| {
                        serde_json::json!({
                            "email": email, "name": name, "state": state, "roles": held,
                        })
                    })
                    .collect();
                return Ok(serde_json::Value::from(list).to_string());
            }
            if all.is_empty() {
                return Ok("There are no accounts. `kontor user add --help` tells how to make \
                           the first."
                    .to_owned());
            }
            let lines: Vec<String> = rows
                .map(|(email, name, state, held)| {
                    format!("{email:<32} {name:<20} {state:<8} {}", held.join(" "))
                })
                .collect();
            Ok(lines.join("\n"))
        }
    }
}

fn first_code(email: &str, code: &str) -> String {
    format!(
        "{email} comes in with this code, once:\n\n    {code}\n\nat /admin/sign-in, \"Use a code \
         instead\". It is not shown again."
    )
}
