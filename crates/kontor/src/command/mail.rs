//! `kontor mail`: letters, for whoever runs the server.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use kontor_base::id::LetterId;
use kontor_base::{Clock, Email, Language, Random};
use kontor_domain::catalogue::Slug;
use kontor_domain::market::MarketCode;
use kontor_remote::post::Letter;
use kontor_shop::mail::{News, Telling, Written, tell_waiting};
use kontor_shop::{Failure, Shop};
use kontor_web::letters::Letters;

use super::CommandError;
use crate::config::Config;
use crate::server::{existing_database, open, policy};

#[derive(Debug, Subcommand)]
pub(super) enum Args {
    /// Send a letter at once, past the queue, and say whether the server took it.
    Test {
        /// To whom.
        address: String,
        /// The letter's language: en or de.
        #[arg(long, default_value = "en")]
        language: Language,
    },
    /// Write to those who wait in a market: for a model, or for the market's opening.
    ///
    /// The letters are queued here and sent by the running server. Whoever is told that the wait is
    /// over is taken off the list; whoever is told of a withdrawal stays on it.
    Tell {
        /// The market.
        market: MarketCode,
        /// The model; without it those who wait for the opening.
        #[arg(long)]
        model: Option<Slug>,
        /// Say that the model was withdrawn for the time being, instead of that it can be bought.
        #[arg(long, requires = "model")]
        delayed: bool,
    },
}

pub(super) async fn run(args: Args, config: &Config) -> Result<ExitCode, CommandError> {
    existing_database(config)?;
    let (db, key) = open(config)?;
    let shop = Shop::open(db, Clock::System, Random::System, &key, policy(config)).await?;
    let shop = Arc::new(shop);
    let done = match args {
        Args::Test { address, language } => test(&shop, config, &address, language).await,
        Args::Tell { market, model, delayed } => {
            let news = if delayed { News::Delayed } else { News::Over };
            match tell_waiting(&shop, &Telling { market, model, news }).await {
                Ok(told) => Ok(format!("{told} letters are queued; the running server sends them")),
                Err(Failure::Refused(refusal)) => Err(CommandError::Other(refusal.to_string())),
                Err(Failure::KeyReused) => {
                    Err(CommandError::Other("idempotency.key_reused".into()))
                }
                Err(Failure::Fault(fault)) => Err(fault.into()),
            }
        }
    };
    shop.db.close().await;
    println!("{}", done?);
    Ok(ExitCode::SUCCESS)
}

async fn test(
    shop: &Arc<Shop>,
    config: &Config,
    address: &str,
    language: Language,
) -> Result<String, CommandError> {
    let to = Email::parse(address)
        .map_err(|_| CommandError::Other(format!("{address} is not an e-mail address")))?;
    let post = config.post().transpose().map_err(crate::server::ServerError::from)?;
    let Some(post) = post else {
        let text = "no letters are sent: [mail] has neither smtp nor folder";
        return Err(CommandError::Other(text.to_owned()));
    };
    let origin = if config.server.origin.is_empty() {
        format!("http://{}", config.server.listen)
    } else {
        config.server.origin.clone()
    };
    let Written { subject, text, html, leave } =
        Letters::new(Arc::clone(shop), &origin).test(language);
    let at = shop.now();
    let id = LetterId::new(at, &shop.random).to_string();
    let letter = Letter { id, at, to, subject, text, html, leave };
    let sent = tokio::task::spawn_blocking(move || post.send(&letter)).await;
    let sent = sent.map_err(|error| CommandError::other("send a letter", error))?;
    sent.map_err(|error| CommandError::other("send a letter", error))?;
    Ok(format!("the letter to {address} was taken"))
}
