// What ArkTS does not have of TypeScript, as far as a syntax tree shows it.
import { readFileSync } from 'node:fs';
import ts from 'typescript';

const { SyntaxKind } = ts;
const FORBIDDEN = new Map([
  [SyntaxKind.AnyKeyword, 'the type any'],
  [SyntaxKind.UnknownKeyword, 'the type unknown'],
  [SyntaxKind.PrivateIdentifier, 'a #private name'],
  [SyntaxKind.TypeLiteral, 'an object literal as a type'],
  [SyntaxKind.IndexedAccessType, 'an indexed access type'],
  [SyntaxKind.ConditionalType, 'a conditional type'],
  [SyntaxKind.MappedType, 'a mapped type'],
  [SyntaxKind.TypeQuery, 'typeof as a type'],
  [SyntaxKind.IndexSignature, 'an index signature'],
  [SyntaxKind.ObjectBindingPattern, 'destructuring'],
  [SyntaxKind.ArrayBindingPattern, 'destructuring'],
  [SyntaxKind.SpreadAssignment, 'a spread inside an object'],
  [SyntaxKind.FunctionExpression, 'a function expression'],
  [SyntaxKind.ForInStatement, 'for … in'],
  [SyntaxKind.InKeyword, 'the operator in'],
  [SyntaxKind.DeleteExpression, 'delete'],
  [SyntaxKind.WithStatement, 'with'],
]);

/** The faults of one file, each with its line. */
export function faults(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const found = [];
  const look = (node) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    if (FORBIDDEN.has(node.kind)) {
      found.push(`${file}:${line}: ${FORBIDDEN.get(node.kind)}`);
    }
    if (ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped)) {
      found.push(`${file}:${line}: var`);
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}
