import { z } from 'zod';

/**
 * How a service looks from outside, without a value of its data: what the decoy imitates. Made in the gateway by the
 * package `likeness`, merged by the server, used by the decoy.
 */
export type JsonShape =
  | { readonly kind: 'string'; readonly format?: string | undefined; readonly maxLength: number }
  | { readonly kind: 'number'; readonly integer: boolean; readonly format?: string | undefined }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'null' }
  | { readonly kind: 'array'; readonly item: JsonShape | undefined; readonly maxItems: number }
  | { readonly kind: 'object'; readonly members: Readonly<Record<string, JsonShape>> };

const Shape: z.ZodType<JsonShape> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('string'), format: z.string().optional(), maxLength: z.number().int() }),
    z.object({ kind: z.literal('number'), integer: z.boolean(), format: z.string().optional() }),
    z.object({ kind: z.literal('boolean') }),
    z.object({ kind: z.literal('null') }),
    z.object({ kind: z.literal('array'), item: Shape.optional(), maxItems: z.number().int() }),
    z.object({ kind: z.literal('object'), members: z.record(z.string(), Shape) }),
  ]),
) as z.ZodType<JsonShape>; // zod cannot infer a recursive union through lazy

/** One kind of answer: a method and path template (`/api/groups/{id}`) with a status. */
export const AnswerLikeness = z.object({
  method: z.string(),
  path: z.string(),
  status: z.number().int(),
  /** Field names in order and case, with values that are the same for everybody; others hold `null`. */
  fields: z.array(z.tuple([z.string(), z.string().nullable()])),
  contentType: z.string(),
  json: Shape.optional(),
  /** The skeleton of a page: tags and static text, variable text cut out. At most 16 kB. */
  page: z.string().optional(),
  /** Cookie names with attributes, values left out. */
  cookies: z.array(z.object({ name: z.string(), attributes: z.string(), length: z.number().int() })),
  seen: z.number().int(),
});
export type AnswerLikeness = z.infer<typeof AnswerLikeness>;

export const ServiceLikeness = z.object({ service: z.string(), answers: z.array(AnswerLikeness).max(256) });
export type ServiceLikeness = z.infer<typeof ServiceLikeness>;
