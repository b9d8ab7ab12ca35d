import { BODY_VARIABLES } from './body.ts';
import { CHANGING_VARIABLES } from './changing.ts';
import { steady } from './define.ts';
import { REQUEST_VARIABLES } from './request.ts';
import { RESPONSE_VARIABLES } from './response.ts';
import { SURROUNDING_VARIABLES } from './surroundings.ts';
import type { Variable } from './variable.ts';

const STEADY = steady([...REQUEST_VARIABLES, ...BODY_VARIABLES, ...RESPONSE_VARIABLES, ...SURROUNDING_VARIABLES], 0);

export const STEADY_SLOTS = STEADY.length;

/** By upper-case name. */
export const VARIABLES: ReadonlyMap<string, Variable> = new Map(
  [...STEADY, ...CHANGING_VARIABLES].map((variable) => [variable.name, variable]),
);
