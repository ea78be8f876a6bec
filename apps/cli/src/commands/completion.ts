import type { Command } from 'commander'
import type { Context } from '../context'
import { CliError, EXIT } from '../exit'

const SHELLS = ['bash', 'zsh', 'fish'] as const

/** chorus completion: a script for the shell, made of the commands that there are. */
export const register = (program: Command, context: Context): void => {
  context.command(program, {
    name: 'completion <shell>',
    summary: `print completion for ${SHELLS.join(', ')}`,
    examples: ['source <(npx chorus completion bash)', 'npx chorus completion zsh > ~/.zsh/completions/_chorus', 'npx chorus completion fish > ~/.config/fish/completions/chorus.fish'],
    run: async ({ out }, shell) => {
      if (!(SHELLS as readonly unknown[]).includes(shell)) throw new CliError(`There is completion for ${SHELLS.join(', ')}.`, EXIT.usage)
      const script = SCRIPTS[shell as (typeof SHELLS)[number]](words(program))
      out.data('completion/1', { shell, script }, [script])
    },
  })
}

/** After which words which may follow: '' for the program itself, 'log' for `chorus log`. */
const words = (program: Command): Map<string, string[]> => {
  const found = new Map<string, string[]>()
  const walk = (command: Command, path: string): void => {
    found.set(path, [...command.commands.map((child) => child.name()), ...command.options.flatMap((option) => option.long ? [option.long] : []), '--help'])
    for (const child of command.commands) walk(child, path ? `${path} ${child.name()}` : child.name())
  }
  walk(program, '')
  return found
}

const SCRIPTS: Record<(typeof SHELLS)[number], (words: Map<string, string[]>) => string> = {
  bash: (words) => `_chorus() {
  local path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac; done
  case "$path" in
${[...words].map(([path, next]) => `    "${path}") COMPREPLY=($(compgen -W "${next.join(' ')}" -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`).join('\n')}
    *) COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")) ;;
  esac
}
complete -F _chorus chorus`,
  zsh: (words) => `#compdef chorus
_chorus() {
  local path="" word
  for word in "\${words[@]:1:CURRENT-2}"; do case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac; done
  case "$path" in
${[...words].map(([path, next]) => `    "${path}") compadd -- ${next.join(' ')} ;;`).join('\n')}
    *) _files ;;
  esac
}
compdef _chorus chorus`,
  fish: (words) => [...words].flatMap(([path, next]) => {
    const condition = path === '' ? '__fish_use_subcommand' : path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ')
    return next.map((word) => word.startsWith('--') ? `complete -c chorus -n '${condition}' -l ${word.slice(2)}` : `complete -c chorus -n '${condition}' -f -a ${word}`)
  }).join('\n'),
}
