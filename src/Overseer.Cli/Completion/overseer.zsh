#compdef overseer
# Completion of overseer for zsh. Load it with:  source <(overseer completion zsh)   (after compinit)
# or put it into a directory of $fpath under the name _overseer.
# What can follow is found out by the program itself, tasks and actions by asking the server.

_overseer() {
    local -a lines values shown options
    local flags line tab=$'\t'
    lines=("${(@f)$("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    flags=$lines[1]
    case $flags in
        *files*) _files; return ;;
        *dirs*) _files -/; return ;;
        *nospace*) options=(-S '') ;;
    esac
    for line in "${(@)lines[2,-1]}"; do
        [[ -n $line ]] || continue
        values+=("${line%%$tab*}")
        if [[ $line == *$tab* ]]; then shown+=("${line%%$tab*}  -- ${line#*$tab}"); else shown+=("$line"); fi
    done
    (( ${#values} )) && compadd "${options[@]}" -l -d shown -a values
}

if [[ $funcstack[1] == _overseer ]]; then
    _overseer "$@"
else
    compdef _overseer overseer
fi
