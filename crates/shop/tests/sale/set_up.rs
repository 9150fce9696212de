//! What a sale needs before it may be set up, besides units and clearances: the words of its pages.

use kontor_base::Language;
use kontor_domain::market::MarketCode;
use kontor_scratch::Scratch;
use kontor_shop::Failure;
use kontor_shop::sale::{SetUpRefusal, preview, set_up};
use kontor_store::StoreError;
use kontor_store::catalogue::{models, save_model};
use kontor_store::market::{all, save};

use super::common::Running;

async fn a_sale_is_refused_while_a_language_of_its_markets_lacks_the_name_on(scratch: Scratch) {
    let running = Running::open(scratch).await;
    let command = running.rush_command(10);
    preview(&running.shop, command.clone()).await.expect("the demo has every name");
    // The market gets a language, and the product's name in it is blank.
    let us: MarketCode = "us".parse().expect("a market");
    let db = &running.shop.db;
    let blanked = db.write("test.blank", move |tx| {
        for (position, mut market) in (0..).zip(all(tx)?) {
            if market.code == us {
                market.languages.push(Language::De);
                save(tx, &market, position)?;
            }
        }
        for mut model in models(tx)? {
            if model.code.as_str() == "band" {
                model.texts.entry(Language::De).or_default().name = " ".to_owned();
                save_model(tx, &model)?;
            }
        }
        Ok::<_, StoreError>(())
    });
    blanked.await.expect("written");
    let lacks = SetUpRefusal::Texts(vec![(us, Language::De)]);
    for refused in [
        preview(&running.shop, command.clone()).await.err(),
        set_up(&running.shop, command).await.err(),
    ] {
        let Some(Failure::Refused(refusal)) = refused else { panic!("{refused:?}") };
        assert_eq!((&refusal, refusal.code()), (&lacks, "sale.texts"));
        assert!(refusal.to_string().ends_with("de (us)"), "{refusal}");
    }
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_is_refused_while_a_language_of_its_markets_lacks_the_name() {
    for scratch in [Some(Scratch::sqlite()), Scratch::postgres()].into_iter().flatten() {
        a_sale_is_refused_while_a_language_of_its_markets_lacks_the_name_on(scratch).await;
    }
}
