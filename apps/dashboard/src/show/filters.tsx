import { CloseButton, Select } from '@mantine/core';
import { useSearchParams, useSetSearch, type SearchKey } from '../scope.ts';
import type { TextKey } from '../text/en.ts';
import { useText } from '../text/text.ts';
import { visibleLine } from './visible-text.ts';

/** A choice that stands in the address. */
export function FilterChoice({
  name,
  label,
  options,
}: {
  readonly name: SearchKey;
  readonly label: TextKey;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}) {
  const say = useText();
  const search = useSearchParams();
  const setSearch = useSetSearch();
  return (
    <Select
      size="xs"
      w={150}
      aria-label={say(label)}
      value={search[name] ?? ''}
      data={[{ value: '', label: `${say(label)}: ${say('table.any')}` }, ...options]}
      onChange={(value) => setSearch({ [name]: value || undefined })}
      allowDeselect={false}
    />
  );
}

/** Filters that came with a link (a source, an incident), each with a way to take it off. */
export function FilterChips({ names }: { readonly names: readonly SearchKey[] }) {
  const say = useText();
  const search = useSearchParams();
  const setSearch = useSetSearch();
  return names.map((name) => {
    const value = search[name];
    if (value === undefined) return null;
    return (
      <span key={name} className="tag filled tone-noted">
        <span className="mono cut filter-chip">{visibleLine(value, 60)}</span>
        <CloseButton
          size={16}
          aria-label={say('table.without', { value: visibleLine(value, 60) })}
          onClick={() => setSearch({ [name]: undefined })}
        />
      </span>
    );
  });
}
