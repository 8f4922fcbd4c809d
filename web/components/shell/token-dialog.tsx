'use client';
import { useState } from 'react';
import { useTokenPrompt, type TokenPrompt } from '../../lib/api/token-prompt';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { TextField } from '../ui/text-field';

const Code = ({ children }: { children: string }) => (
  <code className="font-mono text-xs whitespace-nowrap">{children}</code>
);

const TEXTS = {
  admin: {
    title: 'Admin token',
    hint: 'Kept in this tab until you close it.',
    why: (
      <>
        Changes require this server’s admin token. <Code>npm start</Code> prints the token or the path of its file next
        to “Admin token”. With Docker, <Code>deploy/create-secrets.sh</Code> printed it.
      </>
    ),
  },
  read: {
    title: 'Read token',
    hint: 'This browser keeps it in a cookie.',
    why: (
      <>
        Other machines can reach this server, so reading requires its read token. <Code>npm start</Code> prints the
        token or the path of its file next to “Read token”. With Docker, <Code>deploy/create-secrets.sh</Code> printed
        it.
      </>
    ),
  },
};

/** Prompts for a token while requests wait for it; see lib/api/token-prompt.ts. */
export function TokenDialog() {
  const prompt = useTokenPrompt();
  return prompt && <Prompt key={prompt.token} prompt={prompt} />;
}

function Prompt({ prompt: { token: needed, refused, submit } }: { prompt: TokenPrompt }) {
  const [token, setToken] = useState('');
  const trimmed = token.trim();
  const { title, hint, why } = TEXTS[needed];
  const decline = needed === 'admin' ? () => submit(null) : undefined;
  return (
    <Dialog title={title} onClose={() => decline?.()}>
      <p className="text-ink-2">{why}</p>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed !== '') submit(trimmed);
        }}
      >
        <TextField
          label="Token"
          type="password"
          value={token}
          onChange={(event) => setToken(event.target.value)}
          hint={hint}
          error={refused && token === '' ? `Incorrect ${needed} token.` : undefined}
          autoComplete="off"
          spellCheck={false}
          autoFocus
          required
        />
        <div className="flex justify-end gap-2">
          {decline && <Button onClick={decline}>Close</Button>}
          <Button type="submit" kind="primary" disabled={trimmed === ''}>
            Continue
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
