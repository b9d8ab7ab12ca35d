import { Item, NO_ITEMS } from '../transaction/item.ts';
import type { MultipartFacts } from '../body/multipart.ts';
import type { XPath } from '../body/xpath.ts';
import type { Run } from '../transaction/run.ts';
import { collection, single } from './define.ts';
import type { Variable } from './variable.ts';

type Flag = keyof MultipartFacts['flags'];

function multipartFlag(variable: string, name: Flag): Variable {
  return single(variable, (run) =>
    run.request.multipart === undefined ? '0' : String(run.request.multipart.flags[name]),
  );
}

function ofFiles(name: string, read: (file: MultipartFacts['files'][number]) => Item): Variable {
  return collection(name, (run) => run.request.multipart?.files.map(read) ?? NO_ITEMS);
}

/** Each name that a backend may take. */
function filenames(name: string): Variable {
  return collection(
    name,
    (run) =>
      run.request.multipart?.files.flatMap((file) =>
        file.otherFilename === undefined
          ? [new Item(file.name, file.filename)]
          : [new Item(file.name, file.filename), new Item(file.name, file.otherFilename)],
      ) ?? NO_ITEMS,
  );
}

function combinedSize(run: Run): number {
  return run.request.multipart?.files.reduce((sum, file) => sum + file.content.length, 0) ?? 0;
}

/** What an XPath selects, one value a node. Read anew each time: the document keeps its answers. */
export function xmlPath(path: XPath): Variable {
  return collection('XML', (run) => run.request.xml?.select(path) ?? NO_ITEMS);
}

/** Of the request's body, when it was multipart or XML. */
export const BODY_VARIABLES: readonly Variable[] = [
  filenames('FILES'),
  ofFiles('FILES_NAMES', (file) => new Item(file.name, file.name)),
  ofFiles('FILES_SIZES', (file) => new Item(file.name, String(file.content.length))),
  ofFiles('FILES_TMP_CONTENT', (file) => new Item(file.name, file.content)),
  collection('FILES_TMPNAMES', () => NO_ITEMS),
  single('FILES_COMBINED_SIZE', (run) => String(combinedSize(run))),
  filenames('MULTIPART_FILENAME'),
  collection('MULTIPART_NAME', (run) => run.request.multipart?.names.map((name) => new Item(name, name)) ?? NO_ITEMS),
  collection('MULTIPART_PART_HEADERS', (run) => run.request.multipart?.partHeaders ?? NO_ITEMS),
  multipartFlag('MULTIPART_STRICT_ERROR', 'strictError'),
  multipartFlag('MULTIPART_UNMATCHED_BOUNDARY', 'unmatchedBoundary'),
  multipartFlag('MULTIPART_BOUNDARY_QUOTED', 'boundaryQuoted'),
  multipartFlag('MULTIPART_BOUNDARY_WHITESPACE', 'boundaryWhitespace'),
  multipartFlag('MULTIPART_DATA_BEFORE', 'dataBefore'),
  multipartFlag('MULTIPART_DATA_AFTER', 'dataAfter'),
  multipartFlag('MULTIPART_HEADER_FOLDING', 'headerFolding'),
  multipartFlag('MULTIPART_LF_LINE', 'lfLine'),
  multipartFlag('MULTIPART_CRLF_LF_LINES', 'crlfLfLines'),
  multipartFlag('MULTIPART_MISSING_SEMICOLON', 'missingSemicolon'),
  multipartFlag('MULTIPART_SEMICOLON_MISSING', 'missingSemicolon'),
  multipartFlag('MULTIPART_INVALID_QUOTING', 'invalidQuoting'),
  multipartFlag('MULTIPART_INVALID_PART', 'invalidPart'),
  multipartFlag('MULTIPART_INVALID_HEADER_FOLDING', 'invalidHeaderFolding'),
  multipartFlag('MULTIPART_FILE_LIMIT_EXCEEDED', 'fileLimitExceeded'),
  collection('XML', (run) => run.request.xml?.items ?? NO_ITEMS),
];
