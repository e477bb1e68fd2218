import type { CalibrationBin, Cut, Figures } from '../../delivery/spam/evaluate/figures.ts';
import type { Choice, Evaluation } from './evaluate.ts';

/** The lines that people read: what was tried, the figures with and without collector fields, the threshold to set. */
export function reportLines(evaluation: Evaluation): string[] {
  const { asTheyAre, withoutCollectorFields, choice } = evaluation;
  return [
    ...headLines(evaluation),
    '',
    ...table([
      ['', 'as they are', 'without fields that servers add'],
      ...rowsOf(asTheyAre, withoutCollectorFields),
    ]),
    '',
    ...table([['probability', 'messages', 'said', 'were spam'], ...asTheyAre.calibration.map(binRow)]),
    ...(choice ? ['', ...choiceLines(choice, evaluation)] : []),
  ];
}

function headLines({ ham, spam, folds, known, leftOut }: Evaluation): string[] {
  const how =
    folds === null
      ? "judged by the instance's model"
      : `each of ${folds} parts judged by what was learned from the others, near twins in one part`;
  return [
    `${ham} ham (wanted) and ${spam} spam messages, ${how}; DNS was not asked`,
    ...(leftOut > 0 ? [`${leftOut} more were left out: --sample`] : []),
    ...(known
      ? [`${known} of them are messages that this model has learned: it knows them better than new ones`]
      : []),
  ];
}

function rowsOf(...figures: [Figures, Figures]): string[][] {
  const row = (name: string, value: (one: Figures) => string) => [name, ...figures.map(value)];
  const [{ atThreshold, curve }] = figures;
  const at = `at spam.junkAt ${atThreshold.threshold}`;
  return [
    row('1-AUC', one => percent(one.oneMinusAuc, 4)),
    row(`lost ham ${at}`, one => counted(one.atThreshold.lostHam, one.atThreshold.lostHamShare)),
    row(`missed spam ${at}`, one => counted(one.atThreshold.missedSpam, one.atThreshold.missedSpamShare)),
    row('calibration error, 10 bins', one => percent(one.calibrationError)),
    ...curve.map(({ maxLost }, point) =>
      row(`missed spam at <= ${percent(maxLost)} lost ham`, one => missedOf(one.curve[point]?.cut ?? null)),
    ),
  ];
}

function missedOf(cut: Cut | null): string {
  return cut ? `${counted(cut.missedSpam, cut.missedSpamShare)}, from ${cut.threshold}` : 'none does that';
}

function binRow({ least, most, messages, meanScore, spamShare }: CalibrationBin): string[] {
  const share = (value: number | null) => (value === null ? '-' : percent(value, 1));
  return [`${least} to ${most}`, String(messages), share(meanScore), share(spamShare)];
}

function choiceLines({ maxLost, cut, lostBelow, needsHam }: Choice, { ham }: Evaluation): string[] {
  const wish = `at most ${percent(maxLost)} ham lost`;
  if (!cut) return [`${wish}: no threshold does that with this mail`];
  const lost = `it loses ${cut.lostHam} of ${ham} (other mail of this kind: below ${percent(lostBelow ?? 1)} with 95 % certainty)`;
  return [
    `${wish}: set spam.junkAt: ${cut.threshold}`,
    `${lost} and misses ${percent(cut.missedSpamShare)} of spam`,
    ...(ham < needsHam
      ? [
          `too few messages to tell: with ${ham} ham, one is more than that; give ${needsHam} or, better, ${needsHam * 3}`,
        ]
      : []),
  ];
}

function counted(messages: number, share: number): string {
  return `${messages} (${percent(share)})`;
}

function percent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** Rows as aligned columns. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
