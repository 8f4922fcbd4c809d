'use client';
import { useState } from 'react';
import { useTokenPrompt, type TokenPrompt } from '../../lib/api/admin';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { TextField } from '../ui/text-field';

/** Prompts for the admin token while a write waits for it; see lib/api/admin.ts. */
export function AdminDialog() {
  const prompt = useTokenPrompt();
  return prompt && <Prompt prompt={prompt} />;
}

function Prompt({ prompt: { refused, submit } }: { prompt: TokenPrompt }) {
  const [token, setToken] = useState('');
  const trimmed = token.trim();
  return (
    <Dialog title="Admin token" onClose={() => submit(null)}>
      <p className="text-ink-2">
        Changes need this server’s admin token. <Code>npm start</Code> prints the token or the path of its file next to
        “Admin token”. In Docker, it is the environment variable <Code>ADMIN_TOKEN</Code>.
      </p>
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
          hint="Kept in this tab until you close it."
          error={refused && token === '' ? 'Incorrect admin token.' : undefined}
          autoComplete="off"
          spellCheck={false}
          autoFocus
          required
        />
        <div className="flex justify-end gap-2">
          <Button onClick={() => submit(null)}>Close</Button>
          <Button type="submit" kind="primary" disabled={trimmed === ''}>
            Continue
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const Code = ({ children }: { children: string }) => (
  <code className="font-mono text-xs whitespace-nowrap">{children}</code>
);
