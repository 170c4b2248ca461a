# SPDX-License-Identifier: BSD-2-Clause
"""What gdb knows of the target: memory, types, symbols, threads, clocks.

Knows no goroutines. Nothing here writes to the target or calls a function in
it. Memory, registers and symbols are asked for anew each time: they change
under a debugger. Where the runtime's fields lie, and whether it is there, is
kept until gdb has other files.
"""

import functools
import os
import re

import gdb

from . import elf, layout, read
from .model import Missing, Place, Unreadable

MASK = (1 << 64) - 1

# Of the auxiliary vector: where the program headers are, and how many.
_AT_PHDR, _AT_PHNUM = 3, 5

UNIT_LEAST = 64     # bytes of code in one of the runtime's units

_CODES = {1: 'b', 2: 'h', 4: 'i', 8: 'q'}


def memory():
    """A reader of the selected inferior, as it is now."""
    return read.Memory(functools.partial(_view, gdb.selected_inferior()))


def bytes_at(addr, size):
    """SIZE bytes at ADDR of the selected inferior, or Unreadable."""
    return bytes(_view(gdb.selected_inferior(), addr, size))


def word_at(addr):
    """The address stored at ADDR, or Unreadable."""
    return int.from_bytes(bytes_at(addr, 8), 'little')


def _view(inferior, addr, size):
    try:
        return inferior.read_memory(addr, size)
    except (gdb.MemoryError, OverflowError, ValueError):
        raise Unreadable(addr) from None


class Types:
    """layout.py's `types`: the runtime's own debug information in the
    selected program. The program may have the same names for other things.
    """

    def __init__(self):
        self._units = _own_units()

    def variable(self, name):
        """The address of the global variable NAME, or None."""
        value = self._value(name)
        if value is None or value.address is None:
            return None
        return int(value.address) & MASK

    def type_of(self, name):
        """The type of the global variable NAME, as its name, or None."""
        value = self._value(name)
        return None if value is None else value.type.strip_typedefs().name

    def fields(self, type_, paths):
        """{path: Field} of those PATHS that TYPE_ has; None: no such type."""
        found = self._type(type_)
        if found is None:
            return None
        return fields_of(found, paths)

    def size(self, type_):
        """The bytes of TYPE_, which there is."""
        return self._type(type_).sizeof

    def enumerators(self, type_):
        """{value: name} of the enum, or None."""
        found = self._type(type_)
        if found is None:
            return None
        return {f.enumval: f.name for f in found.fields()}

    def constant(self, name):
        """The value of the enumerator NAME, which there is."""
        return int(self._value(name))

    def _value(self, name):
        symbol = self._symbol(name, gdb.SYMBOL_VAR_DOMAIN)
        return None if symbol is None else symbol.value()

    def _type(self, name):
        symbol = (self._symbol(name, gdb.SYMBOL_STRUCT_DOMAIN)
                  or self._symbol(name, gdb.SYMBOL_VAR_DOMAIN))
        return None if symbol is None else symbol.type.strip_typedefs()

    def _symbol(self, name, domain):
        """What the runtime calls NAME; gdb looks everywhere, if last."""
        for block in self._units.values():
            symbol, _ = gdb.lookup_symbol(name, block, domain)
            if symbol is not None and _unit_of(symbol.symtab) in self._units:
                return symbol
        return None


def _own_units():
    """{unit: its static block} of the runtime's compilation units: gdb tells
    them only by an address in their code."""
    symtabs = (gdb.find_pc_line(pc).symtab
               for pc in range(*own_code(), UNIT_LEAST))
    return {_unit_of(symtab): symtab.static_block()
            for symtab in symtabs if symtab is not None}


def _unit_of(symtab):
    block = symtab.static_block()
    return block.start, block.end


def fields_of(type_, paths):
    """{path: layout.Field} of those PATHS that the gdb.Type TYPE_ has."""
    fields = {path: _field(type_, path) for path in paths}
    return {path: field for path, field in fields.items() if field}


def _field(type_, path):
    """The layout.Field of a.b.c in TYPE_, or None."""
    offset = 0
    for name in path.split('.'):
        type_ = type_.strip_typedefs()
        if type_.code != gdb.TYPE_CODE_STRUCT or name not in type_.keys():
            return None
        member = type_[name]
        if not hasattr(member, 'bitpos'):   # one of C++'s static ones
            return None
        offset += member.bitpos // 8
        type_ = member.type
    type_ = type_.strip_typedefs()
    code = _code(type_)
    return code and layout.Field(offset, type_.sizeof, code)


def _code(type_):
    """As struct has it, or None."""
    if type_.code == gdb.TYPE_CODE_ARRAY:
        return '%ds' % type_.sizeof
    code = _CODES.get(type_.sizeof)
    if code is None or type_.code == gdb.TYPE_CODE_INT and type_.is_signed:
        return code
    return code.upper()


@functools.lru_cache(maxsize=1)
def nouns():
    """What the runtime calls its things: seam.rt, installed or in the tree."""
    here = os.path.dirname(os.path.abspath(__file__))
    tree = os.path.join(here, '..', '..', 'inspector', 'layout', 'runtimes')
    for folder in (os.path.dirname(here), tree):
        path = os.path.join(folder, 'seam.rt')
        if os.path.exists(path):
            with open(path, encoding='utf-8') as file:
                return layout.parse(file.read())
    raise gdb.GdbError('seam.rt is neither in %s nor in %s: install it there.'
                       % (os.path.dirname(here), os.path.normpath(tree)))


def has_program():
    """Whether gdb knows which program the target is."""
    return program_file() is not None


def program_file():
    """The file of the selected program, or None."""
    try:
        return gdb.current_progspace().filename
    except UnicodeDecodeError as error:     # not in the terminal's character set
        return os.fsdecode(error.object)


def has_runtime():
    """Whether the selected program has the runtime linked in, at a glance."""
    space = gdb.current_progspace()
    if space not in _with_runtime:
        _with_runtime[space] = (_has_section() and
                                address_of(nouns()['seam.return']) is not None)
    return _with_runtime[space]


def _has_section():
    """Whether a file of the selected program has the runtime's section: gdb
    reads all that it knows of a program to find that it has no symbol."""
    section = nouns()['runtime.section']
    return ' %s ' % section in told(
        'maintenance info sections -all-objects ' + section)


def runtime_layout():
    """The Layout of the selected program, or a GdbError that says it all."""
    loaded = program()
    if loaded not in _layouts:
        _layouts[loaded] = _resolved()
    return _layouts[loaded]


def program():
    """What tells the selected program, as it was loaded, from others, until
    gdb has other files."""
    inferior = gdb.selected_inferior()
    return (gdb.current_progspace(), inferior.num, inferior.pid,
            inferior.connection_num)


# Until gdb has other files: what has been resolved, by program(); whether the
# runtime is there, by program space.
_layouts = {}
_with_runtime = {}


def _resolved():
    _check_program()
    if not has_program():
        raise gdb.GdbError('gdb has no executable: name it with the command '
                           '"file".')
    if not has_runtime():
        raise gdb.GdbError(_no_runtime() % nouns()['runtime'])
    try:
        return layout.resolve(nouns(), Types())
    except Missing as missing:
        raise gdb.GdbError(
            'The debug information of %s has no %s: is it stripped?'
            % (nouns()['runtime'], missing)) from None


def install():
    """Connect to gdb's events, once a session."""
    for event in gdb.events.new_objfile, gdb.events.clear_objfiles:
        event.connect(_forget)


def _forget(_event):
    _layouts.clear()
    _with_runtime.clear()


def _check_program():
    """Raise an error if what gdb takes for the program is not what runs."""
    filename = program_file()
    program = filename and gdb.lookup_objfile(filename)
    auxiliary = _auxiliary()
    if not program or not program.build_id or _AT_PHDR not in auxiliary:
        return
    there = elf.build_id(bytes_at, auxiliary[_AT_PHDR],
                         auxiliary.get(_AT_PHNUM, 0))
    if there not in (None, program.build_id):
        raise gdb.GdbError(
            "Cannot use '%s' as the program: its build-id is %s, the one in "
            'memory was %s.' % (read.shown(filename), program.build_id, there))


def program_headers():
    """(address, count) of the selected program's; (0, 0) when unknown."""
    auxiliary = _auxiliary()
    return auxiliary.get(_AT_PHDR, 0), auxiliary.get(_AT_PHNUM, 0)


def _auxiliary():
    """{type: value} of what the kernel told the program at its start. gdb
    prints lines of a number, words, and the value, and has no other way."""
    try:
        text = told('info auxv')
    except gdb.error:
        return {}
    found = re.findall(r'(?m)^(\d+) .* (0x[0-9a-f]+|\d+)$', text)
    return {int(type_): int(value, 0) for type_, value in found}


def _no_runtime():
    """Why not, with a place for the runtime's name.

    One symbol is left in a stripped program, and other runtimes have it too.
    """
    if is_without_runtime():
        return 'No goroutines: this program does not use %s.'
    return ('No goroutines: this program is stripped of the symbols of %s, or '
            'does not use it.')


def is_without_runtime():
    """Whether gdb has the selected program, and it has nothing of the runtime.
    """
    return (not has_runtime() and has_program()
            and address_of(nouns()['seam.symbol']) is None)


def address_of(symbol):
    """The address of the ELF symbol SYMBOL, or None."""
    return _address("&'%s'" % symbol)


def _address(expression):
    try:
        return number(gdb.parse_and_eval(expression))
    except gdb.error:
        return None


def own_place(symbol):
    """(address, the expression for it in all places) of what the runtime calls
    SYMBOL: the program may have the same name for other things. None: there
    is none."""
    first, last = own_code()
    found = ((_address(e), e) for e in _expressions(symbol))
    return next((place for place in found
                 if place[0] is not None and first <= place[0] < last), None)


def _expressions(symbol):
    """For the addresses of what has that name: functions, then what there is
    no debug information of."""
    for found in (gdb.lookup_global_symbol(symbol),
                  *gdb.lookup_static_symbols(symbol)):
        if found is not None and found.is_function:
            yield "&'%s'::'%s'" % (shown(lambda: found.symtab.filename),
                                   symbol)
    yield '&::%s' % symbol      # past local variables
    yield "&'%s'" % symbol


def own_code():
    """[first, last) of the runtime's own code; (0, 0) when unknown.

    The linker makes these symbols for a section whose name is an identifier
    (gold, lld and GNU ld alike).
    """
    section = nouns()['runtime.section']
    first = address_of('__start_' + section)
    last = address_of('__stop_' + section)
    return (0, 0) if first is None or last is None else (first, last)


def in_library(pc):
    """Whether PC lies in one of the libraries that the runtime calls."""
    name = os.path.basename(shown(lambda: gdb.solib_name(pc)) or '')
    return (re.split('[.-]', name)[0]
            in nouns()['runtime.libraries'].split())


@functools.lru_cache(maxsize=1)
def _word_type():
    return gdb.lookup_type('unsigned long')


def word(number):
    """NUMBER as a value as wide as a register."""
    return gdb.Value(number).cast(_word_type())


def number(value):
    """The other way round."""
    return int(value.cast(_word_type())) & MASK


def is_live():
    """Whether the target runs on this machine, under its clocks."""
    return _connection() == 'native'


def is_core():
    """Whether the target is a core."""
    return _connection() == 'core'


def _connection():
    """The type of what the selected inferior is reached by, or None."""
    connection = gdb.selected_inferior().connection
    return connection and connection.type


def inner_id(thread):
    """The kernel's number for a gdb.InferiorThread in the process's own pid
    namespace, if that can be known; otherwise gdb's."""
    pid, lwp, _ = thread.ptid
    if not is_live():
        return lwp
    try:
        with open('/proc/%d/task/%d/status' % (pid, lwp),
                  encoding='utf-8', errors='replace') as status:
            ids = re.search(r'^NSpid:.*\s(\d+)$', status.read(), re.MULTILINE)
    except OSError:
        return lwp
    return int(ids.group(1)) if ids else lwp


# By their DWARF numbers.
_REGISTERS = ('rax rdx rcx rbx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 '
              'rip').split()


def registers():
    """[(number, system call or -1, registers by their DWARF numbers)] of the
    threads of the selected inferior; selects another one."""
    def number(name):
        return int(gdb.newest_frame().read_register(name))
    found = []
    for thread in sorted(gdb.selected_inferior().threads(),
                         key=lambda thread: thread.num):
        thread.switch()
        found.append((thread.ptid[1], number('orig_rax'),
                      [number(name) & MASK for name in _REGISTERS]))
    return found


def goes_backwards():
    """Whether the target goes back in what was recorded of it. Asked at each
    step: a process of this machine is recorded by gdb alone."""
    if is_live() and gdb.current_recording() is None:
        return False
    return told('show exec-direction').startswith('Reverse')


def can_run():
    """Whether the target is a process, not a core."""
    return _connection() not in (None, 'core')


def place(pc):
    """The Place of the instruction at PC, inlined functions included."""
    sal = gdb.find_pc_line(pc)
    return Place(_function(pc), _base(sal), sal.line)


def frame_place(frame):
    """The Place of FRAME."""
    sal = frame.find_sal()
    return Place(shown(frame.name), _base(sal), sal.line)


def shown(name):
    """What NAME() gives, as it can be shown; gdb decodes only what is written
    in the terminal's character set."""
    try:
        found = name()
    except UnicodeDecodeError as error:
        return read.text(error.object)
    return found and read.shown(found)


def told(command, wrong='backslashreplace'):
    """What COMMAND prints. gdb 13 takes it for UTF-8; WRONG: what to do where
    it is not, as for decode()."""
    try:
        return gdb.execute(command, False, True)
    except UnicodeDecodeError as error:
        return error.object.decode('utf-8', wrong)


def _base(sal):
    if sal.symtab is None or not sal.line:
        return None
    return os.path.basename(shown(lambda: sal.symtab.filename))


def _function(pc):
    block = _function_block(pc)
    if block is None:
        return symbol_at(pc)
    return shown(lambda: block.function.print_name)


def _function_block(pc):
    """The innermost block of a function, which may be inlined, or None."""
    block = gdb.block_for_pc(pc)
    while block is not None and block.function is None:
        block = block.superblock
    return block


def function_at(pc):
    """[first, last) of the function that PC is in; (PC, PC) when unknown."""
    block, found = gdb.block_for_pc(pc), (pc, pc)
    while block is not None and not block.is_static:
        if block.function is not None:      # inlined ones come first
            found = block.start, block.end
        block = block.superblock
    return found


def symbol_at(pc):
    """The ELF symbol that PC lies in: gdb writes it as `0x12 <name+3>`."""
    text = shown(lambda: word(pc).format_string(format='a'))
    name = text.partition('<')[2].rpartition('>')[0]
    return name.partition('+')[0] or None
