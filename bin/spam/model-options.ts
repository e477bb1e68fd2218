import { DeliveryError } from '../../delivery/errors.ts';
import { type FeatureClass, featureClasses, readClasses } from '../../delivery/spam/classes.ts';
import { emptyModel, type Model } from '../../delivery/spam/model.ts';
import { loadModel, modelPath } from '../../delivery/spam/model-file.ts';

/** Options that choose a model: what it reads, and whether it starts from the prior. */
export interface ModelOptions {
  readonly only?: string;
  readonly prior: boolean;
}

/** The model that was learned with the same options; else the instance's; else one that has learned nothing. */
export function modelFor(folder: string, options: ModelOptions): Model {
  const same = loadModel(modelPath(folder, options));
  if (same) return same;
  const shared = loadModel(modelPath(folder));
  if (!shared) return emptyModel({ withPrior: options.prior });
  return options.prior ? shared : { ...shared, prior: null };
}

/** What `--only` leaves in; undefined: all. Throws `badInput` for a word that is none. */
export function classesOf({ only }: ModelOptions): ReadonlySet<FeatureClass> | undefined {
  if (only === undefined) return undefined;
  const classes = readClasses(only);
  if (!classes) {
    throw new DeliveryError('badInput', `--only ${only}: give words of ${featureClasses.join(', ')}`);
  }
  return classes;
}
