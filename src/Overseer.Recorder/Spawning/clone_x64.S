# The code behind CloneSpawner, for x86-64. Position-independent; it uses no stack, no thread-local storage, and no
# memory but the list. The bytes it assembles to are in CloneCode.X64; a test assembles this file and compares.
#
# long clone_and_run(struct clone_args *arguments, size_t size, struct list *list)
#
# In the parent it returns what clone3 returned: a pid, or minus an errno. In the child, which shares the parent's memory
# and must not touch its stack, it makes the calls of the list one by one; the last is execve, or exit_group. The first that
# fails is written into the list, and the child ends with 127. The list:
#
#   0   the call that failed (its address), 0 while none has      8   what it returned: minus an errno
#   16  calls, 56 bytes each: number, five arguments, 1 if it may fail

        .intel_syntax noprefix
        .text
        .globl  clone_and_run
clone_and_run:
        mov     eax, 435                        # clone3
        syscall                                 # leaves all registers as they are but rax, rcx and r11
        test    rax, rax
        jz      child
        ret

child:  mov     rbx, rdx
        lea     r12, [rdx + 16]

make:   mov     rax, [r12]
        mov     rdi, [r12 + 8]
        mov     rsi, [r12 + 16]
        mov     rdx, [r12 + 24]
        mov     r10, [r12 + 32]
        mov     r8, [r12 + 40]
        syscall
        cmp     rax, -4096
        ja      failed
next:   add     r12, 56
        jmp     make

failed: test    byte ptr [r12 + 48], 1
        jnz     next
        mov     [rbx + 8], rax
        mov     [rbx], r12
        mov     edi, 127
        mov     eax, 231                        # exit_group
        syscall
        ud2
