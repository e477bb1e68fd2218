import { stagePlugin } from '../stage.ts';

/** The probability of spam, by the owner's model; alone by the instance's. */
export const { register, hook_init_master, hook_init_child, hook_data, hook_data_post, shutdown } =
  stagePlugin('score', ({ findings: { score } }) => {
    if (!score) return null;
    const { score: probability, verdict, harmful, importance, reasons, model } = score;
    return { score: probability, verdict, harmful, importance, reasons, model };
  });
