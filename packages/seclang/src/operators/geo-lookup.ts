import type { OperatorFactory } from './operator.ts';

/**
 * Whether the file of SecGeoLookupDb knows the address; its rule then fills GEO. Without a file it matches nothing, and the loader warns.
 */
export const geoLookup: OperatorFactory = ({ geo }) => ({
  evaluate(value, run) {
    run.work.spend(value.length + 128);
    return geo?.find(value) === undefined ? null : {};
  },
});
