//! Opening the home: where it is, and its passphrase.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use consilium_app::{App, AppError, HomeState, Opening, Protection, Reader, Storage};

use crate::arguments::Arguments;

/// Where the home is: the flag, the environment, or the platform's data folder.
pub fn home(arguments: &Arguments) -> Result<PathBuf> {
    if let Some(home) = &arguments.home {
        return Ok(home.clone());
    }
    let folders =
        directories::ProjectDirs::from("", "", "Consilium").context("this machine has no data folder; give --home")?;
    Ok(folders.data_dir().to_owned())
}

/// Files of fragile formats are read by this same program.
pub fn reader() -> Reader {
    std::env::current_exe().map_or(Reader::InProcess, Reader::Child)
}

/// The passphrase: environment, file, or asked for on a terminal.
pub fn passphrase(arguments: &Arguments, question: &str) -> Result<Option<String>> {
    if let Ok(passphrase) = std::env::var("CONSILIUM_PASSPHRASE") {
        return Ok(Some(passphrase));
    }
    if let Some(file) = &arguments.passphrase_file {
        return first_line(file).map(Some);
    }
    asked(question)
}

/// The first line of a file, as it stands there.
pub fn first_line(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// Asks for a secret; `None` where nobody can be asked.
pub fn asked(question: &str) -> Result<Option<String>> {
    if std::io::stdin().is_terminal() { Ok(Some(rpassword::prompt_password(question)?)) } else { Ok(None) }
}

/// Opens the home, asking for the passphrase if it has one.
pub async fn open(arguments: &Arguments) -> Result<App> {
    let home = home(arguments)?;
    match App::state(&home)? {
        HomeState::Absent => Err(AppError::NoHome.into()),
        HomeState::Locked => match passphrase(arguments, "Passphrase, or the recovery key from the sheet: ")? {
            Some(typed) => Ok(App::open_typed(&home, &typed, reader()).await?),
            None => Err(AppError::Locked.into()),
        },
        _ => Ok(App::open(&home, Opening::None, reader()).await?),
    }
}

/// Opens the home, or creates one where there is none: sealed when a passphrase is at hand, else plain and said so.
pub async fn open_or_create(arguments: &Arguments) -> Result<App> {
    let home = home(arguments)?;
    if App::state(&home)? != HomeState::Absent {
        return open(arguments).await;
    }
    let question = "A new home for your records is made. Choose a passphrase that locks it (Enter: none): ";
    let passphrase = passphrase(arguments, question)?.filter(|passphrase| !passphrase.trim().is_empty());
    create(&home, Storage::Local, passphrase).await
}

/// Creates a home and says once how to get back in.
pub async fn create(home: &Path, storage: Storage, passphrase: Option<String>) -> Result<App> {
    let protection = match passphrase {
        Some(passphrase) if passphrase.trim().is_empty() => {
            bail!("an empty passphrase protects nothing; choose a longer one")
        }
        Some(passphrase) => Protection::Sealed { passphrase },
        None => {
            crate::complain!(
                "A new home was made without encryption. “consilium init” makes one under a passphrase instead."
            );
            Protection::Plain
        }
    };
    let (app, key) = App::create(home, storage, protection, reader()).await?;
    if let Some(key) = key {
        crate::complain!(
            "Recovery key. Write it down or print it; it is shown only now and opens this home without the passphrase:"
        );
        crate::complain!("{}", key.written().as_str());
    }
    Ok(app)
}
