import { Modal } from '@mantine/core';
import { useText } from '../text/text.ts';
import { PAGES } from './pages.ts';

export function KeyHelp({ opened, close }: { readonly opened: boolean; readonly close: () => void }) {
  const say = useText();
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={say('keys.title')}
      closeButtonProps={{ 'aria-label': say('general.close') }}
    >
      <dl className="facts">
        <dt>
          <kbd>/</kbd> <kbd>Ctrl K</kbd>
        </dt>
        <dd>{say('keys.search')}</dd>
        <dt>
          <kbd>?</kbd>
        </dt>
        <dd>{say('keys.help')}</dd>
        {PAGES.flatMap(({ key, name }) => [
          <dt key={`${key} keys`}>
            <kbd>g</kbd> <kbd>{key}</kbd>
          </dt>,
          <dd key={key}>{say(name)}</dd>,
        ])}
      </dl>
    </Modal>
  );
}
