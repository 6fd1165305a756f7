// [Note: refused and opaque] A class nobody knows here is only a name that is passed over: nothing
// is imported or called. But a pickle that names what runs programs, reads files or speaks to a
// network was made to do harm where Python loads it, and whoever brings it should hear so. The list
// is that of what scanners of pickles warn of.

/** Modules, with everything below them. */
const MODULES = [
  ...['os', 'posix', 'nt', 'subprocess', 'commands', 'popen2', 'pty', 'shutil', 'sys', 'signal', 'atexit', 'tempfile'],
  ...['importlib', 'imp', 'runpy', 'pkgutil', 'zipimport', 'pydoc', 'code', 'codeop', 'marshal', 'inspect', 'gc'],
  ...['pickle', '_pickle', 'dill', 'cloudpickle', 'joblib', 'ctypes', '_ctypes', 'cffi', 'io', '_io'],
  ...['pdb', 'bdb', 'timeit', 'cProfile', 'profile', 'trace', 'doctest', 'IPython', 'pip', 'ensurepip', 'venv'],
  ...['distutils', 'setuptools', 'numpy.testing', 'numpy.f2py', 'numpy.distutils', 'operator', '_operator'],
  ...['socket', 'ssl', 'http', 'urllib', 'urllib3', 'requests', 'aiohttp', 'httpx', 'ftplib', 'smtplib', 'telnetlib'],
  ...['poplib', 'imaplib', 'nntplib', 'xmlrpc', 'socketserver', 'webbrowser', 'asyncio', 'multiprocessing', '_thread'],
  ...['torch.hub', 'torch.jit', 'torch.package', 'torch.utils.cpp_extension', 'torch.multiprocessing', 'torch.ops'],
];
const REFUSED_MODULES: ReadonlySet<string> = new Set(MODULES);

/** Single names of modules that are harmless else. */
const REFUSED_NAMES: ReadonlySet<string> = new Set([
  ...['torch.load', 'torch.compile', 'torch.serialization.load', 'torch.storage._load_from_bytes'],
  ...[
    'types.FunctionType',
    'types.CodeType',
    'types.LambdaType',
    'numpy.load',
    'numpy.fromfile',
    'pathlib.Path.unlink',
  ],
]);

/**
 * What remains of Python's own names: types of plain values. Among the others are eval, exec,
 * getattr, open and __import__.
 */
const HARMLESS_BUILTINS: ReadonlySet<string> = new Set(
  'set frozenset list dict tuple int float bool str bytes bytearray complex slice range object type Ellipsis'.split(
    ' ',
  ),
);

/** True for a global that could do harm where Python calls it. */
export function isRefusedGlobal(module: string, name: string): boolean {
  if (module === 'builtins' || module === '__builtin__') return !HARMLESS_BUILTINS.has(name);
  const whole = `${module}.${name}`;
  const parts = whole.split('.');
  return REFUSED_NAMES.has(whole) || parts.some((_, count) => REFUSED_MODULES.has(parts.slice(0, count).join('.')));
}
