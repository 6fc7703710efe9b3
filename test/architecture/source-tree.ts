import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast';
import {
  isCallExpression,
  isExportDeclaration,
  isExternalModuleReference,
  isIdentifier,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isModuleDeclaration,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isShorthandPropertyAssignment,
  isStringLiteral,
  isTypeReferenceNode,
} from 'typescript/unstable/ast/is';
import type { FileSystem } from 'typescript/unstable/fs';
import { API } from 'typescript/unstable/sync';

/** What one file refers to. Paths are relative to the root of the tree, as in `actors/cell.ts`. */
export interface SourceUse {
  readonly file: string;
  /** Every way of naming a module: import, export-from, `import type`, `import('…')` as value and as type. */
  readonly imports: readonly ImportUse[];
  /** Global abilities by name, as in `Date.now` or `setTimeout`. */
  readonly globals: readonly { readonly name: string; readonly line: number }[];
}

export interface ImportUse {
  /** A path in the tree, `node:…`, or the name of a package. */
  readonly target: string;
  readonly line: number;
}

/** Where an import names its module by an expression, nobody can say what is imported. */
export const computedModule = '(computed)';

/**
 * Reads what every file of a TypeScript project refers to, with the compiler's own parser: it knows comments,
 * templates, regular expressions and types, where a scanner guesses.
 */
export const readSourceTree = (root: string, files?: FileSystem): readonly SourceUse[] => {
  const api = new API(files === undefined ? { cwd: root } : { cwd: root, fs: files });
  try {
    const config = posix.join(root, 'tsconfig.json');
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    if (project === undefined) throw new Error(`${config} is not a TypeScript project`);
    return project.rootFiles.map((path) => {
      const source = project.program.getSourceFile(path);
      if (source === undefined) throw new Error(`${path} could not be read`);
      return usesOf(posix.relative(root, path), source);
    });
  } finally {
    api.close();
  }
};

const usesOf = (file: string, source: SourceFile): SourceUse => {
  const imports: ImportUse[] = [];
  const globals: { name: string; line: number }[] = [];
  const lineOf = (node: Node): number => source.text.slice(0, node.getStart(source)).split('\n').length;
  const visit = (node: Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) imports.push({ target: resolve(file, specifier), line: lineOf(node) });
    const name = globalName(node);
    if (name !== undefined) globals.push({ name, line: lineOf(node) });
    node.forEachChild(visit);
  };
  source.forEachChild(visit);
  return { file, imports, globals };
};

/** The module that a node names, if it names one. */
const specifierOf = (node: Node): string | undefined => {
  if (isImportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (isExportDeclaration(node)) {
    return node.moduleSpecifier === undefined ? undefined : textOf(node.moduleSpecifier);
  }
  if (isImportTypeNode(node)) {
    return isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : computedModule;
  }
  if (isExternalModuleReference(node)) return textOf(node.expression);
  if (isModuleDeclaration(node)) return isStringLiteral(node.name) ? node.name.text : undefined;
  if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) {
    return textOf(node.arguments[0]);
  }
  return undefined;
};

const textOf = (node: Node | undefined): string =>
  node !== undefined && (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node))
    ? node.text
    : computedModule;

const resolve = (file: string, specifier: string): string => {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier);
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
};

/**
 * What a node takes from its surroundings: `Date.now` for a property of a bare name, `new Date()` when it has no
 * arguments, else the bare name. `globalThis.` in front changes nothing. Which of them matter is up to the rules.
 */
const globalName = (node: Node): string | undefined => {
  if (isPropertyAccessExpression(node)) {
    const owner = lastName(node.expression);
    if (owner === 'globalThis') return isJudgedByParent(node) ? undefined : node.name.text;
    return owner === undefined ? undefined : `${owner}.${node.name.text}`;
  }
  if (isNewExpression(node)) {
    const isNow = lastName(node.expression) === 'Date' && (node.arguments ?? []).length === 0;
    return isNow ? 'new Date()' : undefined;
  }
  return isIdentifier(node) && !isJudgedByParent(node) && !isDeclaredOrType(node) ? node.text : undefined;
};

const lastName = (node: Node): string | undefined => {
  if (isIdentifier(node)) return node.text;
  return isPropertyAccessExpression(node) ? node.name.text : undefined;
};

/** The owner in `owner.member` and the class in `new Class()`: the whole says more. */
const isJudgedByParent = (node: Node): boolean => {
  const { parent } = node;
  return (isPropertyAccessExpression(parent) || isNewExpression(parent)) && parent.expression === node;
};

/** A name that is declared here, the member in `owner.member`, a type. `{ name }` uses what it names. */
const isDeclaredOrType = (node: Node): boolean => {
  const { parent } = node;
  if (isTypeReferenceNode(parent)) return true;
  return 'name' in parent && parent.name === node && !isShorthandPropertyAssignment(parent);
};
