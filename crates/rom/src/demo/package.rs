//! An update package as build systems make it, around an invented image: a zip file whose payload
//! lies unpacked, with its metadata, its property files, and a comment in the form of a signature.
//!
//! The signature is nobody's: no recovery would take it. What devices of the demo trust is the
//! signed metadata.

use kontor_domain::build::Digest;
use kontor_ota::image;
use sha2::{Digest as _, Sha256};

use super::zip::{base64, zip};

/// The size of an image. Small, so that the demo starts at once; real ones have gigabytes.
const IMAGE_BYTES: usize = 1_500_000;

/// What a package is about.
pub(super) struct Plan {
    pub(super) device: &'static str,
    pub(super) version: &'static str,
    pub(super) incremental: String,
    pub(super) built_s: i64,
    pub(super) seed: u64,
    pub(super) build: u32,
}

impl Plan {
    pub(super) fn file_name(&self) -> String {
        format!("demo-{}-{}-ota.zip", self.version, self.device)
    }
}

pub(super) fn sha256(bytes: &[u8]) -> Digest {
    Digest::from_bytes(Sha256::digest(bytes).into())
}

/// The package.
pub(super) fn package(plan: &Plan) -> Vec<u8> {
    let mut payload = b"CrAU".to_vec();
    payload.extend(image::generate(&image::Plan {
        seed: plan.seed,
        build: plan.build,
        bytes: IMAGE_BYTES,
    }));
    let properties =
        format!("FILE_HASH={}\nFILE_SIZE={}\n", base64(&Sha256::digest(&payload)), payload.len());
    // Local headers have 30 bytes and the name: where each member's bytes begin is known here.
    let payload_at = 30 + "payload.bin".len();
    let properties_at = payload_at + payload.len() + 30 + "payload_properties.txt".len();
    let metadata = format!(
        "ota-property-files=payload.bin:{payload_at}:{},payload_properties.txt:{properties_at}:{}   \n\
         ota-required-cache=0\nota-type=AB\n\
         post-build=Demo/{device}/{device}:4.4.4/KTU84P/{incremental}:user/release-keys\n\
         post-build-incremental={incremental}\npost-sdk-level=19\npost-timestamp={}\n\
         pre-device={device}\n",
        payload.len(),
        properties.len(),
        plan.built_s,
        device = plan.device,
        incremental = plan.incremental,
    );
    zip(
        &[
            ("payload.bin", payload.as_slice()),
            ("payload_properties.txt", properties.as_bytes()),
            ("META-INF/com/android/metadata", metadata.as_bytes()),
        ],
        &comment(),
    )
}

/// Six bytes at the end say where the signature begins; there is an ASN.1 sequence with nothing in it.
fn comment() -> Vec<u8> {
    let mut comment = b"invented for a demonstration, signed by nobody\0".to_vec();
    comment.extend([0x30, 0x00]);
    let length = u16::try_from(comment.len() + 6).expect("a short comment").to_le_bytes();
    comment.extend([8, 0, 0xFF, 0xFF]);
    comment.extend(length);
    comment
}
