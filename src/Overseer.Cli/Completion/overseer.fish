# Completion of overseer for fish. Load it with:  overseer completion fish | source
# What can follow is found out by the program itself, tasks and actions by asking the server.

function __overseer_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($before[1] __complete $before[2..-1] "$current" 2>/dev/null)
    switch "$lines[1]"
        case '*files*'
            __fish_complete_path "$current"
        case '*dirs*'
            __fish_complete_directories "$current" ''
        case '*'
            for line in $lines[2..-1]
                echo $line
            end
    end
end

complete -c overseer -f -a '(__overseer_complete)'
