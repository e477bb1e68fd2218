import type { Model } from './model.ts';
import { talliedViews, viewNames } from './views.ts';

/*
 * What was learned long ago weighs less than what is learned now. Time is counted in months of the calendar (UTC): what
 * is learned in one month weighs the same whatever its day, and nothing fades while nothing is learned.
 */

/** Months from January 1970 on. */
export function monthOf(moment: Date): number {
  return (moment.getUTCFullYear() - 1970) * 12 + moment.getUTCMonth();
}

/** After so many months a message weighs half. */
const halfLifeMonths = 12;

/** What a message of so many months ago weighs, 0..1; one of a month that is still to come weighs 1. */
export function weightAfter(months: number): number {
  return 2 ** (-Math.max(0, months) / halfLifeMonths);
}

/**
 * Messages are counted in whole parts of one, so that taking one away leaves no trace; in so many that what fading
 * rounds away of each, month by month, is little. A table of 32 bits holds 500,000 messages of a slot and class.
 */
export const messageUnits = 4096;

/** What a message of so many months ago counts, in units. */
export function unitsAfter(months: number): number {
  return Math.round(messageUnits * weightAfter(months));
}

/**
 * Makes all that the model holds as old as it is in that month, its updates too, so that they can still be taken back.
 * A month that is not later changes nothing. The weights of the fusion are those of the last fit: they do not fade.
 * What a message counts is rounded down, so that all of them together are never more than what was counted of them, and
 * taking them back leaves no count below 0.
 */
export function fade(model: Model, month: number): void {
  if (month <= model.month) return;
  const share = weightAfter(month - model.month);
  const faded = (value: number) => Math.round(value * share);
  model.month = month;
  for (const name of viewNames) fadeTable(model.learners[name].weights, share);
  for (const name of talliedViews) {
    const { counts, messages } = model.tallies[name];
    fadeTable(counts, share);
    Object.assign(messages, { ham: faded(messages.ham), spam: faded(messages.spam) });
  }
  Object.assign(model.mass, { ham: faded(model.mass.ham), spam: faded(model.mass.spam) });
  for (const [id, update] of model.learned) {
    const steps = { ...update.steps };
    for (const name of viewNames) steps[name] = faded(steps[name]);
    model.learned.set(id, { ...update, units: Math.floor(update.units * share), steps });
  }
}

function fadeTable(table: Int32Array, share: number): void {
  // `at` is below the length.
  for (let at = 0; at < table.length; at++) table[at] = Math.round((table[at] as number) * share);
}
