# SPDX-License-Identifier: BSD-2-Clause
"""Modules that are read when something of them is first used.

gdb reads the script with every program that has the runtime linked in, and
most sessions never ask for more than a backtrace. A module takes 0.3 to 1 ms.
"""

import importlib.util
import sys
import types

_NAMES = ('alike', 'analyse', 'applying', 'cfi', 'clock', 'completing',
          'elements', 'elf', 'evaluating', 'filter', 'grouping', 'inspector',
          'naming', 'render', 'render_groups', 'stacks', 'where')


class _Later(types.ModuleType):
    """In contrast to importlib.util.LazyLoader's, one that ^C interrupted is
    read again by the next use."""

    def __getattr__(self, name):
        self.__spec__.loader.exec_module(self)
        self.__class__ = types.ModuleType
        return getattr(self, name)


def arrange(package):
    """Before other modules of PACKAGE are imported, which name these. Again,
    it does nothing."""
    for name in _NAMES:
        whole = '%s.%s' % (package.__name__, name)
        if whole in sys.modules:
            continue
        spec = importlib.util.find_spec(whole)
        module = importlib.util.module_from_spec(spec)
        module.__class__ = _Later
        sys.modules[whole] = module
        setattr(package, name, module)
