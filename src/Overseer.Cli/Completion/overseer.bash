# Completion of overseer for bash. Load it with:  source <(overseer completion bash)
# What can follow is found out by the program itself, tasks and actions by asking the server.

_overseer() {
    local rest=${COMP_LINE:0:COMP_POINT} words=() word blank i
    # readline breaks words at = and : as well; the program wants them whole.
    for ((i = 0; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        blank=${rest%%[![:space:]]*}
        rest=${rest#"$blank"}
        rest=${rest#"$word"}
        if [[ -z $blank && i -gt 0 ]]; then words[-1]+=$word; else words+=("$word"); fi
    done
    blank=${rest%%[![:space:]]*}
    rest=${rest#"$blank"}
    if [[ -n $blank || ${#words[@]} -eq 0 ]]; then words+=("$rest"); else words[-1]+=$rest; fi

    local current=${words[-1]} flags= line candidate first=1
    COMPREPLY=()
    while IFS= read -r line; do
        if ((first)); then
            flags=$line first=0
            continue
        fi
        printf -v candidate %q "${line%%$'\t'*}"
        COMPREPLY+=("$candidate")
    done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)

    case $flags in
        *files*) mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames 2>/dev/null ;;
        *dirs*) mapfile -t COMPREPLY < <(compgen -d -- "$current"); compopt -o filenames 2>/dev/null ;;
        *nospace*) compopt -o nospace 2>/dev/null ;;
    esac

    # Only what follows the last break is replaced.
    local break=${current%"${current##*[=:]}"}
    if [[ -n $break && $COMP_WORDBREAKS == *"${break: -1}"* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"$break"}")
    fi
}

complete -F _overseer overseer
