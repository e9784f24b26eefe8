//! The phone makers' push servers: Huawei (Android and HarmonyOS), Xiaomi, OPPO and vivo; and a Web Push service.

use crate::settings::{APP_ID, PACKAGE, SECOND_PACKAGE};
use std::fmt::Write as _;
use std::path::Path;
use zim_vendor_doubles::MakerDouble;

/// The doubles, by the vendor's name; a second one of Xiaomi's for the second certificate set.
pub(crate) struct Makers(Vec<(&'static str, MakerDouble)>);

/// Name of Xiaomi's double for the app of the second set.
const SECOND: &str = "xiaomi-2";

impl Makers {
    pub(crate) async fn start(second_set: bool) -> Self {
        let mut doubles = vec![
            ("huawei", MakerDouble::huawei().await),
            ("harmonyos", MakerDouble::harmony().await),
            ("xiaomi", MakerDouble::xiaomi(PACKAGE).await),
            ("oppo", MakerDouble::oppo().await),
            ("vivo", MakerDouble::vivo().await),
            ("web", MakerDouble::web().await),
        ];
        if second_set {
            doubles.push((SECOND, MakerDouble::xiaomi(SECOND_PACKAGE).await));
        }
        Self(doubles)
    }

    pub(crate) fn get(&self, vendor: &str) -> Option<&MakerDouble> {
        self.0.iter().find(|(name, _)| *name == vendor).map(|(_, double)| double)
    }

    pub(crate) fn clear(&self) {
        self.0.iter().for_each(|(_, double)| double.clear());
    }

    /// Writes the roots to trust into the folder, and gives the credentials for the configuration file.
    ///
    /// # Panics
    /// When the folder has no room.
    pub(crate) fn credentials(&self, folder: &Path) -> String {
        let mut text = String::new();
        for (name, double) in &self.0 {
            let (app_type, package) = if *name == SECOND { (2, SECOND_PACKAGE) } else { (1, PACKAGE) };
            let root = format!("{name}-root.pem");
            let files = double.files().into_iter().chain([(root.as_str(), double.root_certificate_pem())]);
            for (file, text) in files {
                std::fs::write(folder.join(file), text).expect("the temporary folder has room");
            }
            write!(
                text,
                "[[credential]]\n\
                 app_id = {APP_ID}\n\
                 app_type = {app_type}\n\
                 root_certificates = \"{root}\"\n"
            )
            .expect("a string takes everything");
            // Of Web Push each subscription names the address.
            if *name != "web" {
                let url = double.url();
                write!(
                    text,
                    "package = \"{package}\"\n\
                     app_name = \"Example\"\n\
                     endpoint = \"{url}\"\n"
                )
                .expect("a string takes everything");
            }
            // Texts and numbers look the same in JSON and TOML.
            for (key, value) in double.credential().as_object().into_iter().flatten() {
                writeln!(text, "{key} = {value}").expect("a string takes everything");
            }
        }
        text
    }
}
