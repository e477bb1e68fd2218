/** A judged message of which it is known what it is. */
export interface Judged {
  readonly isSpam: boolean;
  /** Probability of spam, 0..1. */
  readonly score: number;
}

/** What a threshold does: a message whose score reaches it is called spam. */
export interface Cut {
  readonly threshold: number;
  /** Wanted messages called spam, and their share of all wanted ones, 0..1. */
  readonly lostHam: number;
  readonly lostHamShare: number;
  /** Spam that passes, and its share of all spam. */
  readonly missedSpam: number;
  readonly missedSpamShare: number;
}

/** The lowest threshold that loses no more than a share of the wanted messages; null where even 1 loses more. */
export interface CurvePoint {
  readonly maxLost: number;
  readonly cut: Cut | null;
}

/** Messages whose score lies between two tenths: what was said of them, and what they were. */
export interface CalibrationBin {
  readonly least: number;
  readonly most: number;
  readonly messages: number;
  /** Null where there are no messages. */
  readonly meanScore: number | null;
  readonly spamShare: number | null;
}

/** How good judgements are. */
export interface Figures {
  readonly ham: number;
  readonly spam: number;
  /** Probability that a spam scores lower than a wanted message, ties counting half. */
  readonly oneMinusAuc: number;
  readonly atThreshold: Cut;
  readonly curve: readonly CurvePoint[];
  /** Distance of mean score and spam share, weighed by messages, 0..1. */
  readonly calibrationError: number;
  readonly calibration: readonly CalibrationBin[];
}

/** Losses of wanted mail that a curve is given for. */
export const curveLosses = [0.0005, 0.001, 0.002, 0.003, 0.005, 0.01] as const;

/** The figures of judged messages; both kinds must be there. */
export function figuresOf(judged: readonly Judged[], threshold: number): Figures {
  return {
    ham: judged.filter(({ isSpam }) => !isSpam).length,
    spam: judged.filter(({ isSpam }) => isSpam).length,
    oneMinusAuc: oneMinusAucOf(judged),
    atThreshold: cutAt(judged, threshold),
    curve: curveLosses.map(maxLost => ({ maxLost, cut: cutFor(judged, maxLost) })),
    calibrationError: calibrationErrorOf(judged),
    calibration: calibrationOf(judged),
  };
}

/** Probability that a spam scores lower than a wanted message, ties counting half. */
export function oneMinusAucOf(judged: readonly Judged[]): number {
  const { ham, spam } = byKind(judged);
  return 1 - areaUnderCurve(ham, spam);
}

/** Distance of mean score and spam share in ten bins, weighed by messages, 0..1. */
export function calibrationErrorOf(judged: readonly Judged[]): number {
  const weighed = calibrationOf(judged).map(
    ({ messages, meanScore, spamShare }) => messages * Math.abs((meanScore ?? 0) - (spamShare ?? 0)),
  );
  return weighed.reduce((sum, part) => sum + part, 0) / judged.length;
}

function byKind(judged: readonly Judged[]): { ham: number[]; spam: number[] } {
  const scoresOf = (kind: boolean) =>
    judged.filter(({ isSpam }) => isSpam === kind).map(({ score }) => score);
  return { ham: scoresOf(false), spam: scoresOf(true) };
}

/** What a threshold does to judged messages. */
export function cutAt(judged: readonly Judged[], threshold: number): Cut {
  const { ham, spam } = byKind(judged);
  const lostHam = ham.filter(score => score >= threshold).length;
  const missedSpam = spam.filter(score => score < threshold).length;
  return {
    threshold,
    ...{ lostHam, lostHamShare: lostHam / ham.length },
    ...{ missedSpam, missedSpamShare: missedSpam / spam.length },
  };
}

/**
 * The threshold, in few digits, that misses the least spam and loses at most this share (0..1) of the wanted messages; of
 * those that miss as little, one that loses the fewest. Null where none does.
 */
export function cutFor(judged: readonly Judged[], maxLost: number): Cut | null {
  const { ham, spam } = byKind(judged);
  const allowed = Math.floor(maxLost * ham.length + 1e-9);
  const kept = ham.toSorted((a, b) => b - a)[allowed] ?? -1;
  if (kept >= 1) return null;
  const caught = spam.reduce((least, score) => (score > kept ? Math.min(least, score) : least), 1);
  const below = judged.reduce((most, { score }) => (score < caught ? Math.max(most, score) : most), kept);
  return cutAt(judged, shortestBetween(Math.max(0, below), caught));
}

/** A number above `low`, at most `high`, in as few digits as there are. */
function shortestBetween(low: number, high: number): number {
  for (let digits = 1; digits <= 16; digits++) {
    const steps = 10 ** digits;
    const next = (Math.floor(low * steps) + 1) / steps;
    if (next > low && next <= high) return next;
  }
  return high;
}

/** Probability that a spam scores higher than a wanted message, ties counting half. */
function areaUnderCurve(ham: readonly number[], spam: readonly number[]): number {
  const all = [
    ...ham.map(score => ({ score, isSpam: false })),
    ...spam.map(score => ({ score, isSpam: true })),
  ];
  all.sort((a, b) => a.score - b.score);
  let ranks = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.score === all[from]?.score) to++;
    ranks += ((from + to + 1) / 2) * all.slice(from, to).filter(({ isSpam }) => isSpam).length;
    from = to;
  }
  return (ranks - (spam.length * (spam.length + 1)) / 2) / (ham.length * spam.length);
}

const bins = 10;

function calibrationOf(judged: readonly Judged[]): CalibrationBin[] {
  return Array.from({ length: bins }, (_, bin) => {
    const own = judged.filter(({ score }) => Math.min(bins - 1, Math.floor(score * bins)) === bin);
    const share = (sum: number) => (own.length > 0 ? sum / own.length : null);
    return {
      least: bin / bins,
      most: (bin + 1) / bins,
      messages: own.length,
      meanScore: share(own.reduce((sum, { score }) => sum + score, 0)),
      spamShare: share(own.filter(({ isSpam }) => isSpam).length),
    };
  });
}

/**
 * The share below which the true loss lies with 95 % certainty, when `lost` of `messages` were lost (Clopper and
 * Pearson's exact bound of the binomial distribution).
 */
export function upperBound(lost: number, messages: number): number {
  if (lost >= messages) return 1;
  let [low, high] = [lost / messages, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (atMost(lost, messages, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** Probability of at most `lost` of `messages` when each is lost with this share. */
function atMost(lost: number, messages: number, share: number): number {
  const odds = Math.log(share) - Math.log1p(-share);
  let term = messages * Math.log1p(-share);
  let sum = Math.exp(term);
  for (let count = 1; count <= lost; count++) {
    term += Math.log((messages - count + 1) / count) + odds;
    sum += Math.exp(term);
  }
  return sum;
}
