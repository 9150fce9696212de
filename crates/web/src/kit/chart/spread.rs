//! Labels that would lie on each other are pushed apart, as little as possible and in their order.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

/// Where labels stand that want to stand at `wanted`, each `gap` from the next, between `low` and
/// `high`. Given in any order, given back in the same.
#[must_use]
pub fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    // Blocks of labels that touch: each stands where its members want to stand on average.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for &i in &order {
        blocks.push((wanted[i], 1));
        while let [.., (above, n), (below, m)] = blocks[..] {
            let (n_f, m_f) = (count(n), count(m));
            let needed = gap * (n_f + m_f) / 2.0;
            if below - above >= needed {
                break;
            }
            let sum = n_f + m_f;
            // The two centres, each moved to where the joint block's centre would want it.
            let centre =
                (above + m_f * gap / 2.0) * n_f / sum + (below - n_f * gap / 2.0) * m_f / sum;
            blocks.truncate(blocks.len() - 2);
            blocks.push((centre, n + m));
        }
    }
    let mut places = Vec::with_capacity(wanted.len());
    for (centre, n) in blocks {
        let first = centre - gap * (count(n) - 1.0) / 2.0;
        places.extend((0..n).map(|k| first + gap * count(k)));
    }
    // Back inside from below, then from above: what does not fit at all overlaps at the top.
    for k in (0..places.len()).rev() {
        let below = places.get(k + 1).map_or(high, |next| next - gap);
        places[k] = places[k].min(below);
    }
    for k in 0..places.len() {
        let above = if k == 0 { low } else { places[k - 1] + gap };
        places[k] = places[k].max(above);
    }
    let mut result = vec![0.0; wanted.len()];
    for (place, i) in places.into_iter().zip(order) {
        result[i] = place;
    }
    result
}

#[expect(clippy::cast_precision_loss, reason = "a handful of labels")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_fit_stay_and_others_part() {
        assert_eq!(spread(&[10.0, 50.0], 12.0, 0.0, 100.0), [10.0, 50.0]);
        assert_eq!(spread(&[50.0, 50.0], 12.0, 0.0, 100.0), [44.0, 56.0]);
        let three = spread(&[52.0, 50.0, 51.0], 10.0, 0.0, 100.0);
        assert_eq!(three, [61.0, 41.0, 51.0]);
    }

    #[test]
    fn labels_stay_inside_and_keep_their_distance() {
        let wanted = [1.0, 2.0, 3.0, 99.0, 98.0, 97.0, 50.0];
        let places = spread(&wanted, 10.0, 0.0, 100.0);
        let mut sorted = places.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 10.0 - 1e-9), "{sorted:?}");
        assert!(sorted[0] >= 0.0 && sorted[6] <= 100.0, "{sorted:?}");
        assert!(places[0] < places[1] && places[4] < places[3]);
    }
}
