import { describe, expect, it } from 'vitest';
import { openApiText } from './offline.js';
import { document, documentText, schemaErrorsOf, type DocumentedBody } from '../../test/openapi-document.js';

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    method,
    ...operation,
  })),
);

/** The examples of one media type of a request or response body. */
const examplesOf = ({ example, examples = {} }: DocumentedBody): unknown[] =>
  example === undefined ? Object.values(examples).map(({ value }) => value) : [example];

/** A cursor belongs to a page of its endpoint; a range excludes start and end; a key belongs to one request. */
const WITHOUT_EXAMPLE = ['cursor', 'range', 'source', 'Idempotency-Key'];

describe('the OpenAPI document', () => {
  it('equals api/openapi.json (to update it: npm run build && node dist/api/write-openapi.js)', async () => {
    expect(await openApiText()).toBe(documentText);
  });

  it('says where it is served, and that reads may need a token', () => {
    expect(document).toMatchObject({ servers: [{ url: '/' }], security: [{}, { readToken: [] }] });
  });

  it('fills in the path when it is tried out', () => {
    for (const { name, parameters = [] } of operations) {
      for (const { in: place, example, schema } of parameters)
        if (place === 'path') expect([name, example]).toEqual([name, schema.examples?.[0]]);
    }
  });

  it('is OpenAPI 3.1 and names each operation once', () => {
    expect(document.openapi).toBe('3.1.0');
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe.each(operations)(
  '$name',
  ({ operationId, method, summary, description, parameters = [], requestBody, responses, security }) => {
    it('has descriptions of itself and its parameters, and requires the token if it writes', () => {
      expect([summary, description]).not.toContain('');
      expect(parameters.filter((parameter) => !parameter.description).map(({ name }) => name)).toEqual([]);
      const signsIn = operationId === 'signIn';
      expect(security).toEqual(method === 'get' || signsIn ? undefined : [{ adminToken: [] }]);
      const statuses = Object.keys(responses);
      expect(statuses).toEqual(expect.arrayContaining(['400', 'default']));
      if (method !== 'get') expect(statuses).toEqual(expect.arrayContaining(signsIn ? ['401'] : ['401', '403']));
    });

    it('has examples of each parameter, body and response that match their schemas', () => {
      for (const { name, schema } of parameters.filter(({ name }) => !WITHOUT_EXAMPLE.includes(name)))
        expect([name, schemaErrorsOf(schema, schema.examples?.[0])]).toEqual([name, null]);
      const contents = [requestBody, ...Object.values(responses)].flatMap((body) =>
        Object.entries(body?.content ?? {}),
      );
      for (const [type, documented] of contents) {
        const examples = examplesOf(documented);
        expect([type, examples.length]).not.toEqual([type, 0]);
        for (const example of examples)
          expect([example, schemaErrorsOf(documented.schema, example)]).toEqual([example, null]);
      }
    });

    it('has a problem for each status that is not a success', () => {
      for (const [status, { content }] of Object.entries(responses)) {
        if (/^[23]/.test(status) || content?.['application/json']) continue;
        expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
        expect(content!['application/problem+json']!.example).toMatchObject({
          status: status === 'default' ? 500 : Number(status),
          instance: expect.stringMatching(/^\/[^{}]*$/),
        });
      }
    });
  },
);
