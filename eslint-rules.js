/** Whether a value is a promise, or an array of promises. */
function holdsPromise(checker, type) {
  const one = checker.isArrayType(type) ? checker.getTypeArguments(type)[0] : type;
  return one?.getSymbol()?.name === 'Promise';
}

/** Whether an expression starts something whose rejection it does not handle itself, as `….catch(…)` does. */
function starts(node) {
  if (node.type === 'ConditionalExpression') return starts(node.consequent) || starts(node.alternate);
  if (node.type !== 'CallExpression') return false;
  return node.callee.type !== 'MemberExpression' || node.callee.property.name !== 'catch';
}

/** The statement after a declaration; nothing can throw between the two. */
function statementAfter(declaration) {
  const siblings = declaration.parent.body;
  return Array.isArray(siblings) ? siblings[siblings.indexOf(declaration) + 1] : undefined;
}

/** A promise must not be started in one statement and awaited only after others, which may throw and abandon it. */
const noLateAwait = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      late: 'If anything throws before `{{name}}` is awaited, nothing handles its rejection. Await it where it is started, or start it inside Promise.all.',
    },
  },
  create(context) {
    const { program, esTreeNodeToTSNodeMap: nodes } = context.sourceCode.parserServices;
    const checker = program.getTypeChecker();
    return {
      VariableDeclarator(declarator) {
        const { id, init, parent } = declarator;
        if (id.type !== 'Identifier' || !init || !starts(init)) return;
        if (!holdsPromise(checker, checker.getTypeAtLocation(nodes.get(init)))) return;
        const next = statementAfter(parent);
        const [variable] = context.sourceCode.getDeclaredVariables(declarator);
        const used = variable.references.find(({ identifier }) => identifier !== id)?.identifier;
        if (next && used && used.range[0] >= next.range[0] && used.range[1] <= next.range[1]) return;
        context.report({ node: id, messageId: 'late', data: { name: id.name } });
      },
    };
  },
};

export default { rules: { 'no-late-await': noLateAwait } };
