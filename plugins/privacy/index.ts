import { stagePlugin } from '../stage.ts';

/** The privacy index of the message; alone from the message's own facts, without what an owner would know. */
export const { register, hook_init_master, hook_init_child, hook_data, hook_data_post, shutdown } =
  stagePlugin('privacy', ({ index, facts }) => {
    if (!index) return null;
    return { level: index.level, value: index.value, parts: index.parts, facts };
  });
