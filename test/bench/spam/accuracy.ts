/** A judged message. */
export interface Judged {
  readonly isSpam: boolean;
  /** Probability of spam. */
  readonly score: number;
}

/** Lines of figures: 1-AUC, spam missed at given losses of ham, and both at the default threshold. */
export function accuracyOf(judged: readonly Judged[]): string[] {
  const ham = judged.filter(({ isSpam }) => !isSpam).map(({ score }) => score);
  const spam = judged.filter(({ isSpam }) => isSpam).map(({ score }) => score);
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const missedAt = (loss: number) => {
    const threshold = ham.toSorted((a, b) => b - a)[Math.floor(loss * ham.length)] ?? 1;
    return percent(spam.filter(score => score <= threshold).length / spam.length);
  };
  const lost = ham.filter(score => score >= 0.8).length;
  const missed = spam.filter(score => score < 0.8).length;
  return [
    `1-AUC ${(100 * (1 - areaUnderCurve(ham, spam))).toFixed(4)} %`,
    `spam missed at 0.1 % ham lost ${missedAt(0.001)}, at 0.3 % ${missedAt(0.003)}, at 1 % ${missedAt(0.01)}`,
    `threshold 0.8: ham lost ${percent(lost / ham.length)}, spam missed ${percent(missed / spam.length)}, ` +
      `wrong ${percent((lost + missed) / judged.length)}`,
    `calibration error, 10 bins ${percent(calibrationError(judged))}`,
  ];
}

/** Probability that a spam scores higher than a ham, ties counting half. */
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

function calibrationError(judged: readonly Judged[]): number {
  const bins = Array.from({ length: 10 }, () => 0);
  for (const { score, isSpam } of judged) {
    const bin = Math.min(9, Math.floor(score * 10));
    bins[bin] = (bins[bin] ?? 0) + score - (isSpam ? 1 : 0);
  }
  return bins.reduce((sum, bin) => sum + Math.abs(bin), 0) / judged.length;
}
