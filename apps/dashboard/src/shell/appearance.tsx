import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core';
import { Languages, Moon, Sun } from 'lucide-react';
import { chooseLanguage, useLanguage, useText } from '../text/text.ts';

export function ThemeButton() {
  const say = useText();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const dark = colorScheme !== 'light';
  const label = say(dark ? 'theme.toLight' : 'theme.toDark');
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        onClick={() => setColorScheme(dark ? 'light' : 'dark')}
      >
        {dark ? <Sun size={17} /> : <Moon size={17} />}
      </ActionIcon>
    </Tooltip>
  );
}

export function LanguageMenu() {
  const say = useText();
  const language = useLanguage();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={say('header.language')} title={say('header.language')}>
          <Languages size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item lang="en" onClick={() => chooseLanguage('en')} aria-current={language === 'en'}>
          English
        </Menu.Item>
        <Menu.Item lang="zh-CN" onClick={() => chooseLanguage('zh')} aria-current={language === 'zh'}>
          简体中文
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
