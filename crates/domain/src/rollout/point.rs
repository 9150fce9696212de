//! Where a device stands in a rollout: a number from 0 to 999,999 that follows from its key and
//! the rollout's salt.

use kontor_base::KeyedHash;

/// The keyed hash of a device's id. Only the server has the key, so no device can choose its place,
/// and what is stored or logged leads back to no device.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceKey(pub KeyedHash);

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceKey(…)")
    }
}

/// A device's place in one rollout, in millionths: it is in when this is below the share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point(u32);

impl Point {
    /// The place of a device in the rollout with this salt.
    ///
    /// The key is the output of a keyed hash already, so mixing it with the salt needs no second
    /// cryptographic hash: two rounds of a 64-bit finalizer (Stafford's variant 13 of the MurmurHash3
    /// one) spread it evenly, at a few nanoseconds a device. Whoever knows the salt still knows
    /// nothing without the key.
    #[must_use]
    pub fn of(key: DeviceKey, salt: [u8; 16]) -> Self {
        let [low, high] = halves(key.0);
        let [salt_low, salt_high] = halves(salt);
        let mixed = mix(mix(low ^ salt_low).wrapping_add(high ^ salt_high));
        // The upper part of a product scales evenly without the bias of a remainder.
        let scaled = (u128::from(mixed) * 1_000_000) >> 64;
        Self(u32::try_from(scaled).expect("less than a million"))
    }

    /// A place that a client has brought along: hundredths, as `?c=07`. `None` beyond 99.
    #[must_use]
    pub fn of_hundredth(hundredth: u32) -> Option<Self> {
        // The middle of its hundredth, so that a share of n % takes in exactly n of them.
        (hundredth < 100).then(|| Self(hundredth * 10_000 + 5_000))
    }

    /// The middle of the place `place` of `places`: a share that ends between two of them takes in
    /// exactly those before. `None` beyond the last.
    #[must_use]
    pub fn of_place(place: u16, places: u16) -> Option<Self> {
        if place >= places {
            return None;
        }
        let (place, places) = (u64::from(place), u64::from(places));
        let middle = (2 * place + 1) * 1_000_000 / (2 * places);
        Some(Self(u32::try_from(middle).expect("less than a million")))
    }

    /// The last place of all: in when everybody is. For who cannot be told apart from others.
    #[must_use]
    pub const fn last() -> Self {
        Self(999_999)
    }

    /// In millionths.
    #[must_use]
    pub const fn millionths(self) -> u32 {
        self.0
    }
}

fn halves(bytes: [u8; 16]) -> [u64; 2] {
    let value = u128::from_le_bytes(bytes);
    let low = u64::try_from(value & u128::from(u64::MAX)).expect("masked to 64 bits");
    let high = u64::try_from(value >> 64).expect("shifted to 64 bits");
    [low, high]
}

const fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_base::SecretKey;

    /// Ten million devices with keys as the server makes them. Exactly spread points would deviate
    /// by sqrt(n p (1-p)): for 10 % of 10 million that is 949 devices, 0.01 % of the population.
    /// The bound of 0.1 % of the population is what is promised.
    #[test]
    fn shares_of_ten_million_devices_are_within_a_thousandth() {
        const DEVICES: u64 = 10_000_000;
        let seed = 20_261_124;
        let key = SecretKey::from_bytes([3; 32]);
        // One keyed hash yields the starting point, a counter the rest: hashing each of ten million
        // ids would make this test about the hash function's speed.
        let [start, high] = halves(key.hash(&u64::to_le_bytes(seed)));
        let device = |i: u64| {
            let low = u128::from(mix(start.wrapping_add(i)));
            DeviceKey((low | u128::from(high) << 64).to_le_bytes())
        };
        for salt in [key.hash(b"salt")] {
            let shares = [1_000, 10_000, 100_000, 333_333, 500_000, 990_000];
            let mut inside = [0_u64; 6];
            for i in 0..DEVICES {
                let point = Point::of(device(i), salt);
                for (count, share) in inside.iter_mut().zip(shares) {
                    *count += u64::from(point.millionths() < share);
                }
            }
            for (count, share) in inside.into_iter().zip(shares) {
                let wanted = DEVICES / 1_000_000 * u64::from(share);
                assert!(
                    count.abs_diff(wanted) <= DEVICES / 1_000,
                    "{share}: {count}, not {wanted}"
                );
            }
        }
    }

    #[test]
    fn rollouts_take_different_devices_first() {
        let key = SecretKey::from_bytes([3; 32]);
        let both = (0..10_000_u32)
            .map(|i| DeviceKey(key.hash(&i.to_le_bytes())))
            .filter(|device| {
                let first = |salt| Point::of(*device, [salt; 16]).millionths() < 100_000;
                first(1) && first(2)
            })
            .count();
        // 1 % if they are independent: 100 devices, give or take 10 (one standard deviation).
        assert!((50..150).contains(&both), "{both}");
    }

    #[test]
    fn hundredths_are_exact() {
        for percent in 0..=100 {
            let inside = (0..100)
                .filter_map(Point::of_hundredth)
                .filter(|point| point.millionths() < percent * 10_000)
                .count();
            assert_eq!(u32::try_from(inside), Ok(percent));
        }
        assert_eq!(Point::of_hundredth(100), None);
    }
}
