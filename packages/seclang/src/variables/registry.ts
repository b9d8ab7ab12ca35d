import { BODY_VARIABLES } from './body.ts';
import { CHANGING_VARIABLES } from './changing.ts';
import { lasting, steady } from './define.ts';
import { HEAD_VARIABLES, REQUEST_VARIABLES } from './request.ts';
import { RESPONSE_VARIABLES } from './response.ts';
import { DURATION, SURROUNDING_VARIABLES } from './surroundings.ts';
import type { Variable } from './variable.ts';

const STEADY = steady(
  [
    ...lasting([...HEAD_VARIABLES, ...SURROUNDING_VARIABLES]),
    ...REQUEST_VARIABLES,
    ...BODY_VARIABLES,
    ...RESPONSE_VARIABLES,
    DURATION,
  ],
  0,
);

export const STEADY_SLOTS = STEADY.length;

/** By upper-case name. */
export const VARIABLES: ReadonlyMap<string, Variable> = new Map(
  [...STEADY, ...CHANGING_VARIABLES].map((variable) => [variable.name, variable]),
);
