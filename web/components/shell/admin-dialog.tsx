'use client';
import { useState } from 'react';
import { useTokenQuestion, type TokenQuestion } from '../../lib/api/admin';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { TextField } from '../ui/text-field';

/** Asks for the admin token while a write waits for it; lib/api/admin.ts. */
export function AdminDialog() {
  const question = useTokenQuestion();
  return question && <Question question={question} />;
}

function Question({ question: { refused, answer } }: { question: TokenQuestion }) {
  const [token, setToken] = useState('');
  const given = token.trim();
  return (
    <Dialog title="Admin token" onClose={() => answer(null)}>
      <p className="text-ink-2">
        Changing something needs the admin token of this server. <Code>npm start</Code> prints it, or the file that
        holds it, beside “Admin token”; in Docker it is <Code>ADMIN_TOKEN</Code> of the environment.
      </p>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (given !== '') answer(given);
        }}
      >
        <TextField
          label="Token"
          type="password"
          value={token}
          onChange={(event) => setToken(event.target.value)}
          hint="Kept in this tab only, until you close it."
          error={refused && token === '' ? 'That was not the admin token of this server.' : undefined}
          autoComplete="off"
          spellCheck={false}
          autoFocus
          required
        />
        <div className="flex justify-end gap-2">
          <Button onClick={() => answer(null)}>Close</Button>
          <Button type="submit" kind="primary" disabled={given === ''}>
            Go on
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const Code = ({ children }: { children: string }) => (
  <code className="font-mono text-xs whitespace-nowrap">{children}</code>
);
